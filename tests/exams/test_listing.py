"""Lists: what the address may say, how many queries a page costs, and what an exported cell may never become."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exams import cells
from exams.access import ANONYMOUS
from exams.listing import PAGE_SIZE, Column, Filter, Listing, Page
from exams.people.models import Organisation

INJECTIONS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "ok\x07bell"]


def organisations(count: int, kind: str = "employer") -> list[Organisation]:
    made = [Organisation(kind=kind, name=f"{kind} {n:03}", credit_code=f"{kind[:4]}{n:010}") for n in range(count)]
    return Organisation.objects.bulk_create(made)


def a_listing(**changes: Any) -> Listing:
    values: dict[str, Any] = {
        "queryset": Organisation.objects.select_related("supervised_by"),
        "columns": [
            Column("name", "Name", kind="head", sort="name", link=lambda row: f"/o/{row.pk}"),
            Column("kind", "Kind", sort=["kind", "name"]),
            Column("above", "Supervised by", value="supervised_by.name"),
            Column("code", "Code", value="credit_code", sort="credit_code"),
            Column("open", "", value=lambda row: "Open", kind="act", link=lambda row: "/"),
        ],
        "search": ["name", "credit_code"],
        "filters": [Filter("kind", "Kind", [("employer", "Employer"), ("exam_body", "Exam body")])],
        "default_sort": "name",
        "name": "organisations",
        "title": "Organisations",
    }
    return Listing(**{**values, **changes})


def get(query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/list/?{query}")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    return request


def shown(page: Page) -> list[str]:
    return [line["row"].name for line in page.rows()]


def exported(query: str = "", **changes: Any) -> list[list[Any]]:
    response = a_listing(**changes).answer(get(f"{query}&export=xlsx"), "unused.html")
    book = load_workbook(BytesIO(response.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_two_queries_however_many_rows(count: int, django_assert_num_queries: Any) -> None:
    organisations(count)
    with django_assert_num_queries(2):
        html = render_to_string("_listing.html", {"page": a_listing().page(get())})
    assert html.count('scope="row"') == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_an_export_costs_two_queries_however_many_rows(count: int, django_assert_num_queries: Any) -> None:
    organisations(count)
    with django_assert_num_queries(2):
        rows = exported()
    assert len(rows) == count + 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", INJECTIONS)
def test_an_exported_text_never_becomes_a_formula(text: str) -> None:
    Organisation.objects.create(kind="employer", name=text, credit_code="1")
    response = a_listing().answer(get("export=xlsx"), "unused.html")
    cell = load_workbook(BytesIO(response.content)).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.replace("\x07", "").strip()


@pytest.mark.django_db
def test_the_export_holds_exactly_what_the_filters_leave_and_no_row_acts() -> None:
    organisations(60)
    organisations(2, "exam_body")
    rows = exported("kind=employer&q=03&sort=-name&page=2")
    assert rows[0] == ["Name", "Kind", "Supervised by", "Code"]
    names = [row[0] for row in rows[1:]]
    assert names == sorted((f"employer {n:03}" for n in range(60) if "03" in f"{n:03}" or "03" in f"{n:010}"), reverse=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-3", "page=abc", "page=99999999999999999999", "page=%C2%B2",
        "sort=nothing", "sort=--name", "sort=password", "sort=-",
        "kind=nonsense", "kind=%00", "q=%00", "q=" + "x" * 5000, "q=%25_%27%22;--", "q=" + "+".join("abcdefghijklm"),
        "export=exe", "page=1&page=2", "%FF=%FE",
    ],
)  # fmt: skip
def test_rubbish_in_the_address_still_gives_a_page(query: str) -> None:
    organisations(3)
    page = a_listing().page(get(query))
    assert page.number == 1
    render_to_string("_listing.html", {"page": page})


@settings(max_examples=60, deadline=None)
@given(page=st.text(max_size=12), sort=st.text(max_size=12), kind=st.text(max_size=12), q=st.text(max_size=30))
@pytest.mark.django_db
def test_no_address_breaks_a_list(page: str, sort: str, kind: str, q: str) -> None:
    request = RequestFactory().get("/list/", {"page": page, "sort": sort, "kind": kind, "q": q})
    assert a_listing().page(request).number >= 1


@pytest.mark.django_db
def test_pages_show_every_row_once_even_where_the_order_is_a_tie() -> None:
    Organisation.objects.bulk_create([Organisation(kind="employer", name="same", credit_code=f"{n}") for n in range(PAGE_SIZE * 2 + 7)])
    seen = [line["row"].pk for n in (1, 2, 3) for line in a_listing().page(get(f"page={n}")).rows()]
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 7


@pytest.mark.django_db
def test_every_word_of_a_search_must_match_some_field() -> None:
    organisations(12)
    assert shown(a_listing().page(get("q=employer+7"))) == ["employer 007"]
    assert shown(a_listing().page(get("q=employer+zzz"))) == []


@pytest.mark.django_db
def test_sorting_turns_round_and_keeps_the_filters() -> None:
    organisations(3)
    page = a_listing().page(get("kind=employer&sort=name&page=1"))
    head = next(page.heads())
    assert head["direction"] == "ascending"
    assert parse_qs(head["url"][1:]) == {"kind": ["employer"], "sort": ["-name"]}
    assert shown(a_listing().page(get("sort=-name"))) == ["employer 002", "employer 001", "employer 000"]


@pytest.mark.django_db
def test_two_lists_on_a_page_keep_apart_by_prefix() -> None:
    organisations(3)
    request = get("a_q=000&b_q=001")
    assert shown(a_listing(prefix="a_", search=["name"]).page(request)) == ["employer 000"]
    second = a_listing(prefix="b_", search=["name"]).page(request)
    assert shown(second) == ["employer 001"]
    assert ("a_q", "000") in second.kept()


@pytest.mark.django_db
def test_a_list_that_may_not_leave_does_not_leave() -> None:
    organisations(1)
    listing = a_listing(export=False)
    page = listing.page(get("export=xlsx"))
    assert not page.wants_export
    assert page.export_url == ""


@pytest.mark.django_db
def test_what_people_typed_is_escaped() -> None:
    Organisation.objects.create(kind="employer", name="<script>alert(1)</script>", credit_code="1")
    html = render_to_string("_listing.html", {"page": a_listing().page(get("q=%3Cscript"))})
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("text", ["<a href='/a-very-long-address-indeed/'>陈㙍</a>", "1101**********0025", "Sat 10 Oct 2026", "MT-Ⅱ"])
def test_names_codes_and_days_stay_on_one_line(text: str) -> None:
    assert cells.short(text)


def test_titles_may_break_and_the_name_of_a_row_later_than_the_rest() -> None:
    assert not cells.short("Radiographic testing of pressure vessels", head=True)
    assert cells.short("临江考〔2026〕4号-00240", head=True)
    assert not cells.short("临江考〔2026〕4号-00240")


@pytest.mark.django_db
def test_an_empty_list_says_what_to_do_and_a_search_without_hits_offers_to_clear() -> None:
    empty = render_to_string("_listing.html", {"page": a_listing(empty="Register one.").page(get())})
    assert "Register one." in empty
    searched = render_to_string("_listing.html", {"page": a_listing(empty="Register one.").page(get("q=zzz"))})
    assert "Register one." not in searched
