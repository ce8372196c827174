#!/usr/bin/python3
"""engines.py tornado|jinja2 FOLDER TEMPLATE DATA.json SECONDS - renders per second, in this process; with `first` behind, compiled anew
each time."""
import json
import sys
import time


def tornado(folder, name, data, first):
    from tornado.template import Loader
    kept = Loader(folder)
    return lambda: (Loader(folder) if first else kept).load(name).generate(**data)


def jinja2(folder, name, data, first):
    from jinja2 import Environment, FileSystemLoader

    def environment():
        return Environment(loader=FileSystemLoader(folder), autoescape=True)
    kept = environment()
    return lambda: (environment() if first else kept).get_template(name).render(**data).encode()


engine, folder, name, path, seconds = sys.argv[1:6]
with open(path) as file:
    render = {"tornado": tornado, "jinja2": jinja2}[engine](folder, name, json.load(file), "first" in sys.argv)
render()
count, start = 0, time.perf_counter()
while time.perf_counter() - start < float(seconds):
    render()
    count += 1
print(count / (time.perf_counter() - start))
