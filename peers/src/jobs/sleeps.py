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


class Three:
    def __init__(self, kind, *ns):
        self.sleep = globals()[kind]().sleep
        self.ns = [int(each) for each in ns]

    def digest(self, unit):
        return " ".join(str(each) for each in self.sleep(self.ns))

    def time_ns(self, unit):
        begin = time.perf_counter_ns()
        answers = self.sleep(self.ns)
        taken = time.perf_counter_ns() - begin
        del answers
        return taken


class Many(Three):
    """Equal sleeps. A check that is not of all of them has a few short ones."""

    def __init__(self, kind, count, ns, few, short_ns):
        super().__init__(kind, *[ns] * int(count))
        self.short = [int(short_ns)] * int(few)

    def digest(self, unit):
        answers = self.sleep(self.ns if unit is None else self.short)
        different = " ".join(str(each) for each in sorted(set(answers)))
        return f"{len(answers)} sleeps of {different} ns"

    def peak_bytes(self):
        try:
            with open("/proc/self/status") as status:
                peak = next(line for line in status if line.startswith("VmHWM:"))
        except (OSError, StopIteration):
            return "none"
        return int(peak.split()[1]) * 1024
