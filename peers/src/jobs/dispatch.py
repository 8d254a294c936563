# Jobs sent to worker processes: one after the other, many at once, and the
# start of the workers. The constructors take text.

import math
import multiprocessing
import operator

MODULUS = 2**61 - 1
PERIOD = bytes(range(251))


def digest(numbers):
    state = 0
    for number in numbers:
        state = (state * 1_000_003 + number % MODULUS) % MODULUS
    return f"{len(numbers)} numbers, {state}"


def payload(count):
    return (PERIOD * (count // len(PERIOD) + 1))[:count]


class Pool:
    def __init__(self, workers, method="fork"):
        self.pool = multiprocessing.get_context(method).Pool(workers)

    def call(self, function, argument):
        return self.pool.apply(function, (argument,))

    def map(self, function, arguments):
        return self.pool.map(function, arguments)

    def close(self):
        self.pool.terminate()
        self.pool.join()


class Spawned(Pool):
    """Its workers are fresh interpreters, not copies of this one."""

    def __init__(self, workers):
        super().__init__(workers, "spawn")


class Singly(Pool):
    def map(self, function, arguments):
        return self.pool.map(function, arguments, chunksize=1)


class Executor:
    def __init__(self, workers):
        from concurrent.futures import ProcessPoolExecutor

        fork = multiprocessing.get_context("fork")
        self.workers = workers
        self.executor = ProcessPoolExecutor(workers, mp_context=fork)

    def call(self, function, argument):
        return self.executor.submit(function, argument).result()

    def map(self, function, arguments):
        # Its own chunks are single jobs; four chunks a worker is the rule of
        # `multiprocessing.Pool`.
        chunk = math.ceil(len(arguments) / (4 * self.workers))
        return list(self.executor.map(function, arguments, chunksize=chunk))

    def close(self):
        self.executor.shutdown()


class Loky:
    """The executor that joblib brings along."""

    def __init__(self, workers):
        from joblib.externals.loky import ProcessPoolExecutor

        self.executor = ProcessPoolExecutor(workers)

    def call(self, function, argument):
        return self.executor.submit(function, argument).result()

    def close(self):
        self.executor.shutdown(wait=True)


class Joblib:
    def __init__(self, workers):
        import joblib

        self.delayed = joblib.delayed
        self.parallel = joblib.Parallel(n_jobs=workers, backend="loky")
        self.parallel.__enter__()

    def map(self, function, arguments):
        job = self.delayed(function)
        return self.parallel(job(x) for x in arguments)

    def close(self):
        self.parallel.__exit__(None, None, None)
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)


class Calls:
    """One call, and when it is back the next; so many are timed in a row."""

    def __init__(self, kind, calls):
        self.calls = int(calls)
        self.workers = globals()[kind](1)

    def time_ns(self, unit):
        call, function, argument = self.workers.call, self.function, self.argument
        begin = time.perf_counter_ns()
        for _ in range(self.calls):
            call(function, argument)
        return (time.perf_counter_ns() - begin) / self.calls

    def close(self):
        self.workers.close()


class Empty(Calls):
    function, argument = operator.index, 1

    def digest(self, unit):
        return digest([self.workers.call(operator.index, x) for x in range(10)])


class Payload(Calls):
    def __init__(self, kind, calls, count):
        # Workers that are forked know the function from the start.
        self.function, self.argument = payload, int(count)
        super().__init__(kind, calls)

    def digest(self, unit):
        answer = self.workers.call(payload, self.argument)
        return digest([len(answer), int.from_bytes(answer, "big")])


class Many:
    """So many jobs by one map; a unit may be a part of them, whose time is
    multiplied."""

    def __init__(self, kind, jobs, few, part):
        self.jobs, self.few, self.part = int(jobs), int(few), int(part)
        self.workers = globals()[kind](2)

    def digest(self, unit):
        count = self.jobs if unit is None else self.few
        return digest(self.workers.map(operator.index, range(count)))

    def time_ns(self, unit):
        jobs = range(self.jobs // self.part)
        begin = time.perf_counter_ns()
        answers = self.workers.map(operator.index, jobs)
        taken = time.perf_counter_ns() - begin
        if len(answers) != len(jobs):
            sys.exit(f"{len(answers)} answers to {len(jobs)} jobs")
        del answers
        return taken * self.part

    def close(self):
        self.workers.close()


class Start:
    """Two workers from nothing to the answer of one of them."""

    def __init__(self, kind):
        self.start = globals()[kind]

    def digest(self, unit):
        workers = self.start(2)
        answer = workers.call(operator.index, 1)
        workers.close()
        return answer

    def time_ns(self, unit):
        begin = time.perf_counter_ns()
        workers = self.start(2)
        workers.call(operator.index, 1)
        taken = time.perf_counter_ns() - begin
        workers.close()
        return taken
