# Sides that behave and sides that do not.

import multiprocessing
import os


def nap(seconds):
    time.sleep(seconds)


class Right:
    def digest(self, unit):
        return "42"

    def time_ns(self, unit):
        return 1234.5


class Mortal(Right):
    """Dies in the middle, while workers of its own are busy."""

    def __init__(self):
        self.pool = multiprocessing.Pool(2)

    def time_ns(self, unit):
        if unit == 2:
            self.pool.map_async(nap, [1000] * 2)
            print("these were my last words", file=sys.stderr, flush=True)
            os._exit(7)
        return 1


class Babbling(Right):
    def time_ns(self, unit):
        return "soon"


class Endless(Right):
    def __init__(self):
        self.pool = multiprocessing.Pool(2)

    def time_ns(self, unit):
        self.pool.map(nap, [1000] * 2)
