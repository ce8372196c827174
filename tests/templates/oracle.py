"""What Debian's Tornado makes of a case: {"output"}, or {"type", "message", "file", "line"}.

A case is a dict with `files`, `entry` and `data`. Functions of `apply` get text, not bytes: that is a deviation
of eddy that would hide all others behind it.
"""

import json
import logging
import re
import signal
import sys
import traceback
import warnings

from tornado import template

TIMEOUT_S = 10
_NOTE = re.compile(r"  # (\S+):(\d+)(?: \(via [^)]*\))?$")


class TooLong(BaseException):
    """The render does not come to an end."""


def _generate_apply(self, writer):
    name = f"_tt_apply{writer.apply_counter}"
    writer.apply_counter += 1
    writer.write_line(f"def {name}():", self.line)
    with writer.indent():
        writer.write_line("_tt_buffer = []", self.line)
        writer.write_line("_tt_append = _tt_buffer.append", self.line)
        self.body.generate(writer)
        writer.write_line("return _tt_utf8('').join(_tt_buffer)", self.line)
    writer.write_line(f"_tt_append(_tt_utf8({self.method}({name}().decode())))", self.line)


template._ApplyBlock.generate = _generate_apply  # pylint: disable=protected-access


def _noted_place(loaded, line_number):
    """The template's file and line, as the note at the end of the generated line has them."""
    lines = loaded.code.split("\n")
    note = _NOTE.search(lines[line_number - 1]) if line_number <= len(lines) else None
    return (note.group(1), int(note.group(2))) if note else ("", 0)


def _runtime_place(loader, error):
    """That of the innermost line of a template: of a module, perhaps."""
    place = ("", 0)
    for frame, line_number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.endswith(".generated.py"):
            place = _noted_place(loader.made[frame.f_code.co_filename], line_number)
    return place


class _Loader(template.DictLoader):
    """Keeps the code of templates that Python can't compile."""

    made = {}

    def _create_template(self, name):
        path = self.dict[name]
        made = template.Template.__new__(template.Template)
        self.made[name.replace(".", "_") + ".generated.py"] = made
        made.__init__(path, name=name, loader=self)
        return made


def _fault(kind, message, place):
    return {"type": kind, "message": message, "file": place[0], "line": place[1]}


class _Modules:
    """{% module Template(…) %} without a handler."""

    def __init__(self, loader):
        self.loader = loader

    def Template(self, path, **names):  # pylint: disable=invalid-name
        return self.loader.load(path).generate(_tt_modules=self, **names)

    def __getattr__(self, name):
        raise AttributeError(repr(name))


def _render(case):
    loader = _Loader(case["files"])
    loader.made.clear()
    try:
        loaded = loader.load(case["entry"])
    except template.ParseError as error:
        return _fault("ParseError", error.message, (error.filename or "", error.lineno))
    except SyntaxError as error:
        return _fault(type(error).__name__, error.msg, _noted_place(loader.made[error.filename], error.lineno or 0))
    except Exception as error:  # pylint: disable=broad-except
        return _fault(type(error).__name__, str(error), ("", 0))
    try:
        return {"output": loaded.generate(_tt_modules=_Modules(loader), **case["data"]).decode()}
    except SyntaxError as error:  # of a module
        return _fault(type(error).__name__, error.msg, _noted_place(loader.made[error.filename], error.lineno or 0))
    except Exception as error:  # pylint: disable=broad-except
        return _fault(type(error).__name__, str(error), _runtime_place(loader, error))


def render(case):
    """The result, or None where it takes too long or too much."""

    def stop(_signal, _frame):
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIMEOUT_S)
    try:
        return _render(case)
    except (TooLong, MemoryError, UnicodeEncodeError):
        return None
    finally:
        signal.alarm(0)


warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

if __name__ == "__main__":
    print(json.dumps(render(json.load(sys.stdin))))
