# Sleeps: the notebook's three, and many at once. Times are in nanoseconds, as
# text.

import asyncio
import threading


def nap(ns, answers, place):
    time.sleep(ns / 1e9)
    answers[place] = ns


class Threads:
    """A thread a sleep, as the notebook has it."""

    def sleep(self, ns):
        answers = [None] * len(ns)
        threads = [
            threading.Thread(target=nap, args=(each, answers, place))
            for place, each in enumerate(ns)
        ]
        for place, thread in enumerate(threads):
            try:
                thread.start()
            except RuntimeError as error:
                sys.exit(f"this machine bears {place} threads of {len(ns)}: {error}")
        for thread in threads:
            thread.join()
        return answers


class Asyncio:
    """A task a sleep, on one thread; its loop is there before."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()

    def sleep(self, ns):
        return self.loop.run_until_complete(self.gather(ns))

    async def gather(self, ns):
        return list(await asyncio.gather(*[self.nap(each) for each in ns]))

    async def nap(self, ns):
        await asyncio.sleep(ns / 1e9)
        return ns


class Sleeping:
    """`few` is how many sleeps a check has that is not of all of them."""

    def __init__(self, kind, few, *ns):
        self.sleep = globals()[kind]().sleep
        self.few, self.ns = int(few), [int(each) for each in ns]

    def digest(self, unit):
        ns = self.ns if unit is None else self.ns[: self.few]
        return " ".join(str(each) for each in self.sleep(ns))

    def time_ns(self, unit):
        begin = time.perf_counter_ns()
        answers = self.sleep(self.ns)
        taken = time.perf_counter_ns() - begin
        del answers
        return taken


class Three(Sleeping):
    def __init__(self, kind, *ns):
        super().__init__(kind, 3, *ns)


class Many(Sleeping):
    def __init__(self, kind, few, count, ns):
        super().__init__(kind, few, *[ns] * int(count))

    def digest(self, unit):
        answers = super().digest(unit).split()
        return f"{len(answers)} sleeps of {' '.join(sorted(set(answers)))} ns"

    def peak_bytes(self):
        try:
            with open("/proc/self/status") as status:
                peak = next(line for line in status if line.startswith("VmHWM:"))
        except (OSError, StopIteration):
            return "none"
        return int(peak.split()[1]) * 1024
