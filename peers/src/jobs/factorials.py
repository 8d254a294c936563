# Factorials: each on its own, a whole list, and on workers. The constructors
# take the end of the list and what else is said there, as text.

import itertools
import math
import operator

MODULUS = 2**61 - 1


def digest(numbers):
    state = 0
    for number in numbers:
        state = (state * 1_000_003 + number % MODULUS) % MODULUS
    return f"{len(numbers)} numbers, {state}"


class Timed:
    """A side whose answer is a list of numbers: `run(unit)`, None for all."""

    def digest(self, unit):
        return digest(self.run(unit))

    def time_ns(self, unit):
        begin = time.perf_counter_ns()
        result = self.run(unit)
        taken = time.perf_counter_ns() - begin
        del result
        return taken


class Single(Timed):
    """Every so manyth factorial is a unit."""

    def __init__(self, end, parts):
        self.end, self.parts = int(end), int(parts)

    def run(self, unit):
        parts = self.parts
        numbers = range(self.end) if unit is None else range(unit % parts, self.end, parts)
        return [math.factorial(x) for x in numbers]


class Accumulate(Timed):
    """0! is the initial value, so that the list has as many numbers."""

    def __init__(self, end, parts):
        self.end, self.parts = int(end), int(parts)

    def run(self, unit):
        return list(itertools.accumulate(range(1, self.end), operator.mul, initial=1))

    def digest(self, unit):
        numbers = self.run(unit)
        return digest(numbers if unit is None else numbers[unit % self.parts :: self.parts])


class Pool(Timed):
    def __init__(self, end, workers):
        import multiprocessing

        self.end = int(end)
        self.pool = multiprocessing.Pool(int(workers))
        # Forked workers are there at once; this waits until they serve.
        self.pool.map(math.factorial, range(1000))

    def run(self, unit):
        return self.pool.map(math.factorial, range(self.end))

    def close(self):
        self.pool.terminate()
        self.pool.join()


class Executor(Timed):
    def __init__(self, end, workers):
        import concurrent.futures

        self.end, self.workers = int(end), int(workers)
        self.executor = concurrent.futures.ProcessPoolExecutor(self.workers)
        list(self.executor.map(math.factorial, range(1000)))

    def run(self, unit):
        # Its own chunks are single jobs, which nobody wants here: four chunks a
        # worker is the rule of `multiprocessing.Pool`.
        chunk = math.ceil(self.end / (4 * self.workers))
        return list(self.executor.map(math.factorial, range(self.end), chunksize=chunk))

    def close(self):
        self.executor.shutdown()


class Joblib(Timed):
    def __init__(self, end, workers):
        import joblib

        self.end = int(end)
        self.job = joblib.delayed(math.factorial)
        self.parallel = joblib.Parallel(n_jobs=int(workers), backend="loky")
        self.parallel.__enter__()
        self.parallel(self.job(x) for x in range(1000))

    def run(self, unit):
        return self.parallel(self.job(x) for x in range(self.end))

    def close(self):
        self.parallel.__exit__(None, None, None)
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)
