# The notebook's slow function behind functools.lru_cache, asked by one thread
# and by many.

import functools
import threading
from itertools import repeat

# The notebook's three calls, in seconds.
SECONDS = (4, 2, 6)


class Remembering:
    def __init__(self, second):
        # Appending is atomic, so that threads can count by it.
        runs = self.runs = []

        @functools.lru_cache(maxsize=None)
        def fetch(seconds):
            runs.append(seconds)
            if second:
                time.sleep(second * seconds)
            return f"printed after {seconds} seconds"

        self.call = fetch

    def forget(self):
        self.call.cache_clear()
        self.runs.clear()

    def texts(self, keys):
        return " ".join([self.call(key) for key in keys])

    def ran(self, least, most):
        if not least <= len(self.runs) <= most:
            sys.exit(f"the function ran {len(self.runs)} times, not {least} to {most}")


class Warm(Remembering):
    def __init__(self, look_ups):
        super().__init__(0)
        self.look_ups = int(look_ups)

    def digest(self, unit):
        self.forget()
        answers = " ".join(self.texts(SECONDS) for _ in range(2))
        self.ran(len(SECONDS), len(SECONDS))
        return answers

    def time_ns(self, unit):
        self.texts(SECONDS)
        self.runs.clear()
        # A function in a local variable: nothing is looked up in the loop.
        call = self.call
        look_ups = repeat(None, self.look_ups)
        begin = time.perf_counter_ns()
        for _ in look_ups:
            call(4)
        taken = time.perf_counter_ns() - begin
        self.ran(0, 0)
        return taken / self.look_ups


class Cold(Remembering):
    def __init__(self, keys, emptied):
        super().__init__(0)
        self.keys, self.emptied = range(int(keys)), int(emptied)

    def digest(self, unit):
        self.forget()
        answers = self.texts(self.keys)
        self.ran(len(self.keys), len(self.keys))
        return answers

    def time_ns(self, unit):
        call, keys = self.call, self.keys
        taken = 0
        for _ in range(self.emptied):
            self.forget()
            begin = time.perf_counter_ns()
            for key in keys:
                call(key)
            taken += time.perf_counter_ns() - begin
            self.ran(len(keys), len(keys))
        return taken / (self.emptied * len(keys))


def together(threads, ready, work):
    """From when the first thread began until the last was done, and answers."""
    barrier = threading.Barrier(threads)
    parts = [None] * threads

    def run(number):
        ready(number)
        barrier.wait()
        begin = time.perf_counter_ns()
        answer = work(number)
        parts[number] = (begin, time.perf_counter_ns(), answer)

    crew = [threading.Thread(target=run, args=[number]) for number in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    begins, ends, answers = zip(*parts)
    return max(ends) - min(begins), answers


class Sharing(Remembering):
    def __init__(self, threads, keys, look_ups):
        super().__init__(0)
        self.threads, self.keys = int(threads), range(int(keys))
        firsts = [number * len(self.keys) // self.threads for number in range(self.threads)]
        self.asked = [
            [key % len(self.keys) for key in range(first, first + int(look_ups))]
            for first in firsts
        ]

    def digest(self, unit):
        work = lambda number: self.texts(self.keys)
        return " ".join(together(self.threads, lambda number: None, work)[1])

    def time_ns(self, unit):
        self.texts(self.keys)
        self.runs.clear()

        def work(number):
            call = self.call
            for key in self.asked[number]:
                call(key)

        taken, _ = together(self.threads, lambda number: self.texts(self.keys), work)
        self.ran(0, 0)
        return taken


class Stampede(Remembering):
    def __init__(self, threads, seconds, second):
        super().__init__(float(second))
        self.threads, self.seconds = int(threads), int(seconds)

    def rush(self):
        self.forget()
        work = lambda number: self.call(self.seconds)
        taken, answers = together(self.threads, lambda number: None, work)
        self.ran(1, self.threads)
        return taken, " ".join(answers)

    def digest(self, unit):
        return self.rush()[1]

    def time_ns(self, unit):
        return self.rush()[0]
