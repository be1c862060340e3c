"""What a writer may expect to find of its own: the states that its keys can be in, given what was acknowledged.

Three kinds of claim, from strong to weak.  A key of one writer alone (Own) is in one of few states: an acknowledged
write leads from each to the next, a write in doubt may or may not have.  A cell that several write at once (Shared)
shows what one of them wrote last, and nothing that its own writer had replaced.  A counter (Sum) is exact for all."""


class Own:
    """A key that one writer changes: all states it can be in.  A state is a value that compares and hashes."""

    def __init__(self, absent):
        self.states = {absent}

    def begin(self, change):
        """From now on `change` may have happened; call done() with what this returns when it was acknowledged."""
        changed = {change(state) for state in self.states}
        self.states |= changed
        return changed

    def done(self, changed):
        self.states = changed

    def saw(self, state):
        """A read at the writer's own node: false if it cannot be; else it is known from here on."""
        possible = state in self.states
        self.states = {state}
        return possible


class Shared:
    """A cell that every writer changes.  For each writer: its last acknowledged write and those in doubt after it.  An
    older write of the same writer was seen, and so replaced, by its later one; of different writers nothing is known."""

    ABSENT = None

    def __init__(self):
        self.last = {}  # cell → the writer's candidates

    def begin(self, cell, value):
        self.last.setdefault(cell, {self.ABSENT}).add(value)

    def done(self, cell, value):
        self.last[cell] = {value}

    @staticmethod
    def allowed(writers, cell):
        """What the cell may show in the end: what any of the writers left there.  It may be absent only if some writer
        removed it last; who has never touched it has no say."""
        said = [writer.last[cell] for writer in writers if cell in writer.last]
        return set().union(*said) if said else {Shared.ABSENT}


class Sum:
    """A counter that is only ever added to, exact up to the increments in doubt."""

    def __init__(self):
        self.acknowledged, self.doubts = 0, []

    def begin(self, by):
        self.doubts.append(by)

    def done(self, by):
        self.doubts.pop()
        self.acknowledged += by

    @staticmethod
    def possible(writers):
        sums = {sum(writer.acknowledged for writer in writers)}
        for writer in writers:
            for by in writer.doubts:
                sums |= {total + by for total in sums}
        return sums


class Cells:
    """The fields or members of a key that one writer changes, as a value."""

    def __init__(self, cells=None):
        self.cells = dict(cells or {})

    def __bool__(self):
        return bool(self.cells)

    def without(self, names):
        return Cells({name: value for name, value in self.cells.items() if name not in names})

    def having(self, more):
        return Cells({**self.cells, **more})

    def adding(self, name, by):
        return self.having({name: self.cells.get(name, 0) + by})

    def frozen(self):
        return frozenset(self.cells.items())
