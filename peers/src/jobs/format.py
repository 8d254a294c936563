# The notebook's employee.

from itertools import repeat


class Employee:
    def __init__(self, emp_id, name):
        self.emp_id = emp_id
        self.name = name

    def __repr__(self):
        return f" repr. Employee(emp_id={self.emp_id}, name='{self.name}')"

    def __str__(self):
        return f" str. Employee ID: {self.emp_id}, Name: {self.name}"


class Printing:
    def __init__(self, call, calls):
        self.call, self.calls = call, int(calls)
        self.employee = Employee(102, "Rahul")

    def digest(self, unit):
        return self.call(self.employee)

    def time_ns(self, unit):
        # A built-in in a local variable: nothing is looked up in the loop.
        call, employee = self.call, self.employee
        calls = repeat(None, self.calls)
        begin = time.perf_counter_ns()
        for _ in calls:
            call(employee)
        return (time.perf_counter_ns() - begin) / self.calls


class Str(Printing):
    def __init__(self, calls):
        super().__init__(str, calls)


class Repr(Printing):
    def __init__(self, calls):
        super().__init__(repr, calls)
