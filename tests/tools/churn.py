#!/usr/bin/env python3
"""Restarts a server under load, again and again, and counts what its clients notice.

    churn.py MASTER-PID URL FILE SECONDS

100 connections, half of them kept alive (wrk) and half not (ab), ask for URL
while SIGHUP comes every half second, or as soon as a slower restart is done;
ten slow downloads of URL/FILE run through it. Prints one figure a line.
"""
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time

HUP_EVERY_S = 0.5
RESTART_MAX_S = 30
DOWNLOADS = 10
DOWNLOAD_RATE = "2M"


def workers(master):
    """The pids of the master's workers."""
    found = set()
    for task in os.listdir(f"/proc/{master}/task"):
        with open(f"/proc/{master}/task/{task}/children") as file:
            found |= {pid for pid in map(int, file.read().split()) if is_worker(pid)}
    return found


def is_worker(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().split(b"\0")[1:2] == [b"worker"]
    except (FileNotFoundError, ProcessLookupError):
        return False


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def digest_of_download(url, results):
    done = subprocess.run(["curl", "-sS", "--limit-rate", DOWNLOAD_RATE, url], capture_output=True, check=False)
    results.append(hashlib.sha256(done.stdout).hexdigest() if done.returncode == 0 else done.stderr.decode())


def start_downloads(url, results):
    threads = [threading.Thread(target=digest_of_download, args=(url, results)) for _ in range(DOWNLOADS)]
    for thread in threads:
        thread.start()
    return threads


def wait_for_new(master, seen):
    """Returns the workers of the master as soon as there is one that was not seen before."""
    end_s = time.monotonic() + RESTART_MAX_S
    while time.monotonic() < end_s:
        now = workers(master)
        if now - seen:
            return now
        time.sleep(0.01)
    return set()


def restart_for(master, seconds):
    """Restarts again and again; returns how often, and how often that made new workers."""
    seen = workers(master)
    count = renewed = 0
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        next_s = time.monotonic() + HUP_EVERY_S
        os.kill(master, signal.SIGHUP)
        now = wait_for_new(master, seen)
        count += 1
        renewed += bool(now)
        seen |= now
        time.sleep(max(0, next_s - time.monotonic()))
    return count, renewed


def figure(pattern, text, missing):
    match = re.search(pattern, text)
    return match[1] if match else missing


def main():
    master, url, file, seconds = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    with open(file, "rb") as content:
        wanted = hashlib.sha256(content.read()).hexdigest()

    digests = []
    downloads = start_downloads(f"{url}/{os.path.basename(file)}", digests)
    kept = start("wrk", "-t1", "-c50", f"-d{seconds + 1}s", "--timeout", "10s", url + "/")
    single = start("ab", "-q", "-s", "10", "-c", "50", "-t", str(seconds + 1), "-n", "100000000", url + "/")
    restarts, renewed = restart_for(master, seconds)
    kept_says, single_says = kept.communicate()[0], single.communicate()[0]
    for thread in downloads:
        thread.join()

    print(f"restarts {restarts}, with new workers {renewed}")
    print(f"kept alive: status {kept.returncode}, requests {figure(r'([0-9]+) requests in', kept_says, 0)}")
    print(f"kept alive: socket errors {figure(r'Socket errors: (.*)', kept_says, 'none')}")
    print(f"kept alive: other answers {figure(r'Non-2xx or 3xx responses: ([0-9]+)', kept_says, 0)}")
    print(f"single: status {single.returncode}, requests {figure(r'Complete requests: +([0-9]+)', single_says, 0)}")
    print(f"single: failed {figure(r'Failed requests: +([0-9]+)', single_says, single_says)}")
    print(f"single: other answers {figure(r'Non-2xx responses: +([0-9]+)', single_says, 0)}")
    print(f"downloads right {digests.count(wanted)} of {DOWNLOADS}")
    for other in set(digests) - {wanted}:
        print(f"download: {other}")


if __name__ == "__main__":
    main()
