"""Some fifty small files of every kind that people bring, well-formed or not: where tests and `make fuzz` start."""

import datetime
import gzip
import io
import json
from functools import lru_cache

import numpy as np
import openpyxl
import pandas as pd

_ROWS = "".join(
    f"K{n:03d},{n % 7},{n * 1.25:.2f},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{'AB'[n % 2]}\n" for n in range(60)
)
PLAIN = f"id,calls,amount,day,plan\n{_ROWS}"


def make_workbook(*sheets: list[list[object]], merged: str = "", hidden: tuple[int, ...] = ()) -> bytes:
    """An Excel workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
        if number in hidden:
            sheet.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_parquet(frame: pd.DataFrame) -> bytes:
    """The frame as Parquet."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()


def text_files() -> dict[str, bytes]:
    """Delimited text, by what is special about it."""
    return {
        "plain": PLAIN.encode(),
        "quoted": b'a,b,c\n"x, y",1,"say ""so"""\n"line\nbreak",2,z\n"",3,\n',
        "semicolons": b"name;price;n\na;1,5;1\nb;2,25;2\nc;3;3\n",
        "tabs": PLAIN.replace(",", "\t").encode(),
        "bars": PLAIN.replace(",", "|").encode(),
        "two separators": b"a,b;c,d\n1,2;3,4\n1,2;3,4\n",
        "tildes": b"a~b\n1~2\n3~4\n",
        "too many fields": b"a,b\n1,2\n3,4,5\n6,7\n",
        "too few fields": b"a,b,c\n1,2,3\n4\n5,6,7\n8,9,10\n",
        "duplicate header": b"a,b,a\n1,2,3\n4,5,6\n",
        "empty header": b"a,,c\n1,2,3\n4,5,6\n",
        "NUL": b"a,b\n1,2\n3,\0\n",
        "unterminated quote": b'a,b\n1,2\n"x,3\n4,5\n',
        "misplaced quote": b'a,b\n1,2\n"x"y,3\n4,5\n6,7\n',
        "quote in a cell": b'a,b\n5" pipe,2\nx,3\n',
        "Latin-1": "Stadt,n\nMünchen,1\nKöln,2\nCádiz,3\n".encode("latin-1"),
        "Windows-1252": "item;cost\n“fair”;5 €\n‘old’;7 €\n".encode("cp1252"),
        "UTF-8 mark": PLAIN.encode("utf-8-sig"),
        "UTF-16": "Stadt,n\nMünchen,1\nKöln,2\n".encode("utf-16"),
        "UTF-32": "Stadt,n\nMünchen,1\nKöln,2\n".encode("utf-32"),
        "UTF-16 without mark": "a,b\n1,2\n3,4\n".encode("utf-16-le"),
        "beyond 64 bits": b"n,b\n123456789012345678901234567890,1\n2,2\n",
        "leading zeros": b"zip,b\n00123,1\n45678,2\n",
        "oops": ("n,b\n" + "1,x\n" * 300 + "oops,y\n").encode(),
        "missing tokens": b"a,b\nNA,x\n1,None\nnull,y\n,z\n5,N/A\n",
        "country codes": b"country,n\nDE,1\nNA,2\nFR,3\nUS,4\n",
        "infinite": b"a,b\n1e400,x\n-inf,y\n3,z\n",
        "remark first": b"# exported\na,b\n1,2\n3,4\n",
        "mixed line ends": b"a,b\r\n1,2\n3,4\r5,6\r\n",
        "formulas": b'a,b\n=1+1,"=HYPERLINK(""x"",""y"")"\n@SUM(A1),-2\n+3,4\n',
        "ambiguous dates": b"day,b\n01/02/2024,x\n03/04/2024,y\n",
        "dates in two orders": b"day,b\n31/12/2024,x\n12/31/2024,y\n",
        "German dates": b"day;b\n31.12.2024;1,5\n01.02.2024;2,5\n",
        "blank lines": b"\n\na,b\n1,2\n\n3,4\n\n",
        "spaces": b"a,b\n 1 , x\n2,y \n  ,z\n",
        "sep line": b"sep=;\na;b\n1;2\n3;4\n",
        "header is data": b"1,2,x\n3,4,y\n5,6,z\n",
        "one column": b"a\n1\n2\n",
        "emoji": "mood,n\n🙂,1\n🙃,2\n".encode(),
    }


def other_files() -> dict[str, tuple[str, bytes]]:
    """Files of the other formats: what is special, the name, the content."""
    frame = pd.DataFrame(
        {
            "n": np.arange(40),
            "x": np.where(np.arange(40) % 5 == 0, np.nan, np.arange(40) / 4),
            "text": [f"t{n % 6}" for n in range(40)],
            "day": pd.date_range("2024-01-01", periods=40),
            "flag": [n % 2 == 0 for n in range(40)],
        }
    )
    head: list[object] = ["name", "n", "day", "flag"]
    rows: list[list[object]] = [[f"r{n}", n / 2, datetime.date(2024, 1, n + 1), n % 2 == 0] for n in range(20)]
    lines = "".join(json.dumps({"id": n, "x": n / 3, "s": f"ü{n}", "ok": n % 2 == 0}) + "\n" for n in range(40))
    return {
        "Parquet": ("table.parquet", make_parquet(frame)),
        "workbook": ("table.xlsx", make_workbook([head, *rows])),
        "workbook of two sheets": ("table.xlsx", make_workbook([head, *rows], [["a", "b"], [1, 2], [3, 4]])),
        "workbook with formulas": ("table.xlsx", make_workbook([["a", "b"], [1, "=A2+1"], [2, "=A3+1"]])),
        "workbook with merged cells": ("table.xlsx", make_workbook([head, *rows], merged="A3:A5")),
        "JSON lines": ("table.jsonl", lines.encode()),
        "nested JSON lines": ("table.jsonl", b'{"a": 1}\n{"a": {"b": 2}}\n{"a": 3}\n{"a": 4}\n'),
        "gzip": ("table.csv.gz", gzip.compress(PLAIN.encode(), mtime=0)),
        "old workbook": ("table.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    }


@lru_cache
def fixture_files() -> dict[str, tuple[str, bytes]]:
    """All of them: what is special, the name, the content."""
    return {name: ("table.csv", content) for name, content in text_files().items()} | other_files()
