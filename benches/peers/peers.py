"""How long do Kùzu, SQLite and grafeo take for the rows of a synthetic package, and how large are they?

    python peers.py PACKAGE [--only kuzu,sqlite,grafeo,intergov,trust] [--runs 3] [--work FOLDER]

Each step is a process of its own: its wall time and peak memory are those of the whole process, start
of the interpreter included. Rows in the store are counted after the load and must be those of the files.
The peers take turns, so that each run of one stands beside one of every other.
"""

import argparse
import csv
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NODES = {"governments": "Government", "arrangements": "Arrangement"}
EDGES = {"cooperation": "COOPERATES_WITH", "parties": "PARTY_TO"}
NUMBERS = {"lon", "lat", "weight"}
PEERS = ["kuzu", "sqlite", "grafeo", "intergov", "trust"]


def header(package, table):
    with open(package / f"{table}.csv", encoding="utf-8") as file:
        return file.readline().rstrip("\n").split(",")


def count_rows(path):
    """Rows of a table whose cells hold no line feed."""
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 22), b"")) - 1


def column_type(column):
    return "DOUBLE" if column in NUMBERS else "STRING"


# ---------------------------------------------------------------- Kùzu


def kuzu_prepare(package, work):
    """Files of relations with `from` and `to` in front; outside the clock."""
    folder = work / "kuzu-csv"
    folder.mkdir(parents=True, exist_ok=True)
    for table in EDGES:
        with open(package / f"{table}.csv", encoding="utf-8") as source:
            with open(folder / f"{table}.csv", "w", encoding="utf-8") as target:
                for line in source:
                    own, start, end, rest = line.split(",", 3)
                    target.write(f"{start},{end},{own},{rest}")


def kuzu_open(db, read_only=False):
    import kuzu

    database = kuzu.Database(str(db), read_only=read_only)
    return database, kuzu.Connection(database)


def kuzu_load(package, db):
    """COPY with declared types. COPY holds primary keys and both ends against the index (see `kuzu_check`).

    COPY of a relation wants its ends in the first two columns; `kuzu_prepare` has written such files before."""
    database, connection = kuzu_open(db)
    for table, label in NODES.items():
        columns = header(package, table)
        declared = ", ".join(f"`{name}` {column_type(name)}" for name in columns)
        connection.execute(f"CREATE NODE TABLE {label}({declared}, PRIMARY KEY(id))")
        connection.execute(f"COPY {label} FROM '{package}/{table}.csv' (header=true)")
    for table, edge in EDGES.items():
        columns = header(package, table)
        own = [name for name in columns if name not in ("from", "to")]
        ends = "FROM Government TO " + ("Arrangement" if table == "parties" else "Government")
        declared = ", ".join(f"`{name}` {column_type(name)}" for name in own)
        connection.execute(f"CREATE REL TABLE {edge}({ends}, {declared})")
        connection.execute(f"COPY {edge} FROM '{db.parent}/kuzu-csv/{table}.csv' (header=true)")
    connection.close()
    database.close()


def kuzu_ask(db, text, parameters=None):
    database, connection = kuzu_open(db, read_only=True)
    result = connection.execute(text, parameters or {})
    rows = []
    while result.has_next():
        rows.append(result.get_next())
    result.close()
    connection.close()
    database.close()
    return rows


def kuzu_counts(db):
    counts = {table: kuzu_ask(db, f"MATCH (n:{label}) RETURN count(n)")[0][0] for table, label in NODES.items()}
    for table, edge in EDGES.items():
        counts[table] = kuzu_ask(db, f"MATCH ()-[r:{edge}]->() RETURN count(r)")[0][0]
    return counts


def kuzu_scan(db):
    text = "MATCH (a)-[r:COOPERATES_WITH]->(b) RETURN count(r), sum(r.weight), max(r.valid_from), max(r.domains)"
    return kuzu_ask(db, text)[0][:2]


def kuzu_lookup(db, government):
    text = (
        "MATCH (a:Government {id: $id})-[r:COOPERATES_WITH]-(b:Government) "
        "RETURN b.id, b.name, r.id, r.domains, r.weight, r.valid_from, r.valid_to"
    )
    return len(kuzu_ask(db, text, {"id": government}))


def kuzu_check(work):
    """A key that comes twice and an end that no row has must both be refused."""
    folder = work / "kuzu-check"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "n.csv").write_text("id\na\nb\n")
    (folder / "twice.csv").write_text("id\nc\nc\n")
    (folder / "r.csv").write_text("from,to\na,nobody\n")
    _, connection = kuzu_open(folder / "db")
    connection.execute("CREATE NODE TABLE N(id STRING, PRIMARY KEY(id))")
    connection.execute("CREATE REL TABLE R(FROM N TO N)")
    connection.execute(f"COPY N FROM '{folder}/n.csv' (header=true)")
    refused = {}
    for table, file in [("N", "twice"), ("R", "r")]:
        try:
            connection.execute(f"COPY {table} FROM '{folder}/{file}.csv' (header=true)")
            refused[file] = None
        except RuntimeError as error:
            refused[file] = str(error).splitlines()[0]
    assert all(refused.values()), refused
    return refused


# ---------------------------------------------------------------- SQLite


def sqlite_open(db):
    import sqlite3

    connection = sqlite3.connect(db)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def sqlite_load(package, db):
    """The usual edge table: text keys, foreign keys, an index on each end; one transaction."""
    connection = sqlite_open(db)
    ends = {
        "cooperation": {"from": "governments", "to": "governments"},
        "parties": {"from": "governments", "to": "arrangements"},
    }
    with connection:
        for table in [*NODES, *EDGES]:
            columns = header(package, table)
            parts = []
            for name in columns:
                part = f'"{name}" ' + ("REAL" if name in NUMBERS else "TEXT")
                if name == "id":
                    part += " PRIMARY KEY NOT NULL"
                elif table in ends and name in ends[table]:
                    part += f" NOT NULL REFERENCES {ends[table][name]}(id)"
                parts.append(part)
            connection.execute(f"CREATE TABLE {table}({', '.join(parts)})")
            with open(package / f"{table}.csv", encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                next(rows)
                marks = ", ".join(["nullif(?, '')"] * len(columns))
                connection.executemany(f"INSERT INTO {table} VALUES({marks})", rows)
        for table in EDGES:
            for end in ["from", "to"]:
                connection.execute(f'CREATE INDEX {table}_{end} ON {table}("{end}")')
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def sqlite_counts(db):
    connection = sqlite_open(db)
    tables = [*NODES, *EDGES]
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def sqlite_scan(db):
    text = "SELECT count(*), sum(weight), max(valid_from), max(domains) FROM cooperation"
    return list(sqlite_open(db).execute(text).fetchone()[:2])


def sqlite_lookup(db, government):
    half = (
        "SELECT g.id, g.name, c.id, c.domains, c.weight, c.valid_from, c.valid_to "
        'FROM cooperation c JOIN governments g ON g.id = c."{}" WHERE c."{}" = ?'
    )
    text = half.format("to", "from") + " UNION ALL " + half.format("from", "to")
    return len(sqlite_open(db).execute(text, (government, government)).fetchall())


# ---------------------------------------------------------------- intergov, and its imports with `--trust`


def intergov_run(*words):
    program = os.environ.get("INTERGOV", str(HERE.parents[1] / "target" / "release" / "intergov"))
    done = subprocess.run([program, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr[:2000]
    return done.stdout


def intergov_load(package, db):
    """The whole package: subordination, states and succession too, without which its rules refuse it."""
    intergov_run("import", db, package)


def trust_load(package, db):
    intergov_run("import", "--trust", db, package)


def intergov_counts(db):
    told = json.loads(intergov_run("stats", db, "--format", "json"))
    held = {row["name"]: row["count"] for row in told["rows"]}
    return {table: held[name] for table, name in [*NODES.items(), *EDGES.items()]}


trust_counts = intergov_counts


# ---------------------------------------------------------------- steps and measuring


def command(peer, step, *rest):
    if peer == "grafeo":
        return ["node", "--max-old-space-size=16000", str(HERE / "grafeo.mjs"), step, *map(str, rest)]
    return [sys.executable, str(HERE / "peers.py"), "--step", f"{peer}_{step}", *map(str, rest)]


def measure(peer, step, *rest, limit=3600):
    """Wall seconds, peak memory in MB, and what a step printed; None where it failed or took too long."""
    begun = time.monotonic()
    child = subprocess.Popen(command(peer, step, *rest), stdout=subprocess.PIPE, text=True)
    try:
        printed, _ = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return None
    seconds = time.monotonic() - begun
    if child.returncode != 0:
        return None
    lines = printed.strip().splitlines()
    return seconds, json.loads(lines[-1]) if lines else {}


def size_on_disk(path):
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    files += [file for file in path.parent.glob(path.name + "*") if file.is_file() and file != path]
    return sum(file.stat().st_size for file in files)


def remove(path):
    for file in path.parent.glob(path.name + "*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()


class Figures:
    """What was measured of one peer."""

    def __init__(self, peer, package, work):
        self.peer, self.package, self.db = peer, package, work / f"{peer}.db"
        self.wanted = {table: count_rows(package / f"{table}.csv") for table in [*NODES, *EDGES]}
        with open(package / "cooperation.csv", encoding="utf-8") as file:
            self.government = [file.readline() for _ in range(1001)][-1].split(",")[1]
        self.seconds = {"load": [], "scan": [], "lookup": []}
        self.cpu, self.peak, self.failed = [], {}, False

    def once(self, limit):
        """One load, its rows counted, and the questions that the peer is asked."""
        remove(self.db)
        rests = {
            "load": (self.package, self.db),
            "counts": (self.db,),
            "scan": (self.db,),
            "lookup": (self.db, self.government),
        }
        for step, rest in rests.items():
            if self.peer != "grafeo" and f"{self.peer}_{step}" not in globals():
                continue
            done = measure(self.peer, step, *rest, limit=limit)
            if done is None:
                print(f"  {self.peer}: {step} failed or took more than {limit} s", flush=True)
                self.failed = self.failed or step in ("load", "counts")
                if self.failed:
                    return
                continue
            seconds, told = done
            if step == "counts":
                assert told["result"] == self.wanted, (self.peer, told["result"], self.wanted)
                continue
            self.seconds[step].append(seconds)
            if step == "load":
                self.cpu.append(told["cpu"])
            else:
                print(f"  {self.peer} {step}: {told['result']}", flush=True)
            self.peak[step] = max(self.peak.get(step, 0), told["peak_mb"])

    def asked(self, step):
        times = self.seconds[step]
        if not times:
            return f"no {step}"
        return f"{step} {statistics.median(times) * 1000:.0f} ms, {self.peak[step]:.0f} MB"

    def tell(self):
        if self.failed:
            return
        rows = sum(self.wanted.values())
        load = statistics.median(self.seconds["load"])
        disk = size_on_disk(self.db)
        print(
            f"{self.peer}: {rows} rows; load {load:.2f} s = {rows / load / 1e6:.3f} M rows/s "
            f"({', '.join(f'{own:.2f}' for own in self.seconds['load'])}; "
            f"{statistics.median(self.cpu):.2f} s of processor), peak {self.peak['load']:.0f} MB; "
            f"disk {disk} bytes = {disk / self.wanted['cooperation']:.1f} a tie; "
            f"{self.asked('scan')}; {self.asked('lookup')}",
            flush=True,
        )


def own_peak_mb():
    """Peak of this process image; `ru_maxrss` would count what the parent had before the fork too."""
    for line in open("/proc/self/status", encoding="ascii"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def main():
    if sys.argv[1] == "--step":
        result = globals()[sys.argv[2]](*(Path(rest) if "/" in rest else rest for rest in sys.argv[3:]))
        used = os.times()
        cpu = used.user + used.system + used.children_user + used.children_system
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
        print(json.dumps({"result": result, "cpu": cpu, "peak_mb": max(own_peak_mb(), child)}))
        return
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("package", type=Path)
    arguments.add_argument("--only", default=",".join(PEERS))
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--limit", type=int, default=3600, help="seconds a step may take")
    arguments.add_argument("--work", type=Path, default=Path("/tmp/intergov-peers"))
    given = arguments.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, python {sys.version.split()[0]}", flush=True)
    package, work = given.package.resolve(), given.work.resolve()
    peers = given.only.split(",")
    if "kuzu" in peers:
        shutil.rmtree(work / "kuzu-check", ignore_errors=True)
        kuzu_prepare(package, work)
        print("kuzu refuses:", kuzu_check(work), flush=True)
    figures = [Figures(peer, package, work) for peer in peers]
    for _ in range(given.runs):
        for own in figures:
            if not own.failed:
                own.once(given.limit)
    for own in figures:
        own.tell()


if __name__ == "__main__":
    main()
