"""The benchmark's arithmetic and its refusals. What it measures is no test's business: a busy machine is no fault."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import story
from benchmarks.results import (
    Measured,
    Peak,
    Ratio,
    drain_ratios,
    growth,
    memory_lines,
    ratio_lines,
    ratios,
    steps_table,
    table,
)
from cli import bench
from cli.fault import Fault
from models.report import ClosedService

MEASURED = [
    Measured("ours", 10_000, 25.0, {"intake": 5.0, "document": 20.0}),
    Measured("bare", 10_000, 20.0, {"intake": 5.0, "document": 15.0}),
    Measured("textbook-sync", 20, 25.0),
    Measured("textbook-async", 20, 20.0),
]


def test_a_rate_is_cases_per_second():
    assert MEASURED[0].rate == 400


def test_we_are_compared_with_the_better_of_the_two_textbook_forms():
    textbook, bare = ratios(MEASURED)
    assert textbook.value == 400
    assert bare.value == 0.8


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(300.0, "reached"), (1000.0, "reached"), (299.9, "missed by 0.1 %"), (150.0, "missed by 50.0 %")],
)
def test_a_bar_is_reached_or_missed_by_a_share_of_it(value: float, verdict: str):
    assert Ratio("ours / better textbook", value, 300.0).verdict == verdict


def test_the_table_has_a_line_per_variant():
    lines = table(MEASURED).splitlines()
    assert [line.split()[-3:] for line in lines[1:]] == [
        ["10000", "25.00", "400.00"],
        ["10000", "20.00", "500.00"],
        ["20", "25.00", "0.80"],
        ["20", "20.00", "1.00"],
    ]


def test_steps_are_shown_side_by_side_for_the_variants_that_have_them():
    assert [line.split() for line in steps_table(MEASURED).splitlines()] == [
        ["seconds", "by", "step", "ours", "bare"],
        ["intake", "5.00", "5.00"],
        ["document", "20.00", "15.00"],
    ]


def test_the_lines_of_the_ratios_name_the_bar():
    assert "400.00  (at least 300: reached)" in ratio_lines(ratios(MEASURED))


def test_memory_grows_by_what_it_takes_beyond_the_imports():
    small, large = Peak(2_000, 140_000, 165_000, 170_000), Peak(20_000, 140_000, 165_000, 176_000)
    assert growth(small, large) == pytest.approx(0.2)
    assert "grows: missed by 5.0 %" in memory_lines(small, large)
    assert "does not grow" in memory_lines(small, Peak(20_000, 140_000, 165_000, 173_000))


def test_the_invented_reports_are_ones_that_the_intake_takes():
    reports = [ClosedService.model_validate(report) for report in story.reports(0, 40)]
    assert len({report.email for report in reports}) == len({report.phone for report in reports}) == 40


def test_one_answer_in_twenty_is_a_concern():
    assert [number for number in range(1, 41) if story.said(number).rating == 2] == [20, 40]


@pytest.mark.parametrize("option", [["--cases", "0"], ["--cases", "-5"], ["--small", "0"], ["--cases", "many"]])
def test_nonsense_is_refused_before_anything_starts(option: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench.os, "execv", lambda *_: pytest.fail("it was started"))
    assert CliRunner().invoke(bench.app, ["lifecycle", *option]).exit_code == 2


def test_a_file_in_no_folder_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench.os, "execv", lambda *_: pytest.fail("it was started"))
    result = CliRunner().invoke(bench.app, ["lifecycle", "--json", str(tmp_path / "none" / "figures.json")])
    assert isinstance(result.exception, Fault)


def test_the_options_reach_the_program_that_measures(monkeypatch: pytest.MonkeyPatch):
    started: list[list[str]] = []
    monkeypatch.setattr(bench.os, "execv", lambda _program, command: started.append(command))
    assert CliRunner().invoke(bench.app, ["lifecycle", "--cases", "50", "--no-memory"]).exit_code == 0
    assert started[0][3:] == ["benchmarks.lifecycle", "--cases", "50", "--small", "20", "--no-memory"]


def test_those_of_the_outbox_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    started: list[list[str]] = []
    monkeypatch.setattr(bench.os, "execv", lambda _program, command: started.append(command))
    figures = str(tmp_path / "figures.json")
    assert CliRunner().invoke(bench.app, ["outbox", "--mails", "50", "--json", figures]).exit_code == 0
    assert started[0][3:] == ["benchmarks.outbox", "--mails", "50", "--memory", "--json", figures]


def test_the_outbox_is_compared_with_its_bar_and_with_the_same_requests_alone():
    measured = [Measured("drain", 6_000, 20.0), Measured("drain-bare", 6_000, 18.0), Measured("http", 6_000, 10.0)]
    rate, share = drain_ratios(measured)
    assert (rate.value, rate.verdict) == (300, "reached")
    assert (share.value, share.verdict) == (0.5, "reached")
    assert "e-mails/s" in table(measured, "e-mails")
