"""skerry-simulate --report: a page that any parser of HTML accepts, that asks nobody for anything, and that changes
nothing in the run.

    report_test.py path/to/skerry-simulate
"""

import html.parser
import json
import os
import subprocess
import sys
import tempfile

SEEDS = [2, 6]  # with partitions; with crashes and two that stay apart
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(html.parser.HTMLParser):
    """Elements are closed in the order in which they were opened."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.names, self.data = [], [], {}, ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.see(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.see(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.getpos(), tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "script" and not self.data:
            self.data = data  # the first script is the data

    def see(self, tag, attributes):
        self.names[tag] = self.names.get(tag, 0) + 1
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src"):
                assert value.startswith("#"), (tag, value)
            if name == "id":
                self.ids.append(value)


def run(simulate, *words):
    return subprocess.run([simulate, *words], capture_output=True, text=True, timeout=60)


def main():
    simulate = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.html")
        for seed in SEEDS:
            words = ["--seed", str(seed), "--minutes", "3"]
            alone = run(simulate, *words)
            observed = run(simulate, *words, "--report", path)
            assert alone.returncode == 0, alone.stdout + alone.stderr
            assert alone.stdout == observed.stdout, "an observer has changed the run"
            with open(path, encoding="utf-8") as file:
                text = file.read()
            page = Page(text)
            assert len(page.ids) == len(set(page.ids)), page.ids
            references = {part.split(")")[0] for part in text.split("url(#")[1:]}
            assert references <= set(page.ids), references - set(page.ids)
            assert page.names["h1"] == 1 and page.names["svg"] > 2 and page.names["table"] >= 3, page.names
            data = json.loads(page.data)
            assert data["writes"], "nothing was written"
            assert all(len(write) == 4 + len(data["lanes"]) for write in data["writes"])
            assert f"skerry-simulate --seed {seed} --minutes 3" in text
        again = os.path.join(folder, "again.html")
        run(simulate, *words, "--report", again)
        with open(again, encoding="utf-8") as file:
            assert file.read() == text, "the same run has given another page"
        nowhere = run(simulate, *words, "--report", os.path.join(folder, "no", "where.html"))
        assert nowhere.returncode == 2 and "cannot write" in nowhere.stderr, nowhere
        many = run(simulate, "--seeds", "1..2", "--report", path)
        assert many.returncode == 2 and "--report" in many.stderr, many


main()
