"""The other side of `targets`: times a batch when asked, with its own clock.

A line on standard input names the batch; the answer is its time in
nanoseconds. "versions" answers with what is measured here.
"""

import ctypes
import ctypes.util
import functools
import math
import sys
import time
import timeit


@functools.lru_cache(maxsize=None)
def printed(sec):
    return f"printed after {sec} seconds"


def python_list(start, end, step):
    begin = time.perf_counter_ns()
    result = [math.factorial(x) for x in range(start, end, step)]
    taken = time.perf_counter_ns() - begin
    del result
    return taken


class Mpz(ctypes.Structure):
    _fields_ = [("alloc", ctypes.c_int), ("size", ctypes.c_int), ("limbs", ctypes.c_void_p)]


def gmp():
    name = ctypes.util.find_library("gmp")
    return ctypes.CDLL(name) if name else None


GMP = gmp()
INTEGER = Mpz()
if GMP:
    GMP.__gmpz_init(ctypes.byref(INTEGER))
    FACTORIAL = GMP.__gmpz_fac_ui
    FACTORIAL.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    FACTORIAL.restype = None


def gmp_list(start, end, step):
    """One integer takes every result, so that GMP never has to allocate."""
    place = ctypes.addressof(INTEGER)
    begin = time.perf_counter_ns()
    for x in range(start, end, step):
        FACTORIAL(place, x)
    return time.perf_counter_ns() - begin


def look_ups(count):
    printed(4)
    return round(timeit.timeit("printed(4)", globals=globals(), number=count) * 1e9)


def versions():
    library = "none"
    if GMP:
        library = ctypes.c_char_p.in_dll(GMP, "__gmp_version").value.decode()
    return f"CPython {sys.version.split()[0]}, GMP {library}"


BATCHES = {"python_list": python_list, "gmp_list": gmp_list, "look_ups": look_ups}

for line in sys.stdin:
    name, *numbers = line.split()
    if name == "versions":
        print(versions(), flush=True)
    elif name == "gmp_list" and not GMP:
        sys.exit("libgmp is not installed")
    else:
        print(BATCHES[name](*map(int, numbers)), flush=True)
