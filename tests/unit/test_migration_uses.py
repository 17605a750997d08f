"""Where code still uses a table or a column."""

from __future__ import annotations

import textwrap

import pytest

from relcheck.model.severity import Confidence
from relcheck.sources.migration.uses import Wanted, uses

_NOTE = Wanted("orders", "note")
_HIGH, _MEDIUM = Confidence.HIGH, Confidence.MEDIUM


def _uses(path: str, code: str, wanted: Wanted = _NOTE) -> list[tuple[int, int, str, Confidence]]:
    found = uses(path, textwrap.dedent(code), [wanted])
    return [(one.region.line, one.region.column, one.what, one.confidence) for _, one in found]


def test_a_model_of_the_table_that_has_the_column_is_certain() -> None:
    code = """\
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer)
            note = Column(Text)
        """
    assert _uses("app/models.py", code) == [(4, 5, "the model Order has the column", _HIGH)]


def test_a_column_goes_by_the_name_that_its_field_gives_it() -> None:
    code = """\
        class Order(Base):
            __tablename__ = "orders"
            remark: Mapped[str] = mapped_column("note", Text)
            note = Column("memo", Text)
        """
    assert _uses("app/models.py", code) == [
        (3, 5, "the model Order has the column", _HIGH),
        (3, 41, "a string names it", _MEDIUM),
    ]


def test_django_names_tables_by_app_and_model() -> None:
    code = """\
        class Order(models.Model):
            customer = models.ForeignKey(Customer, models.CASCADE)
            note = models.TextField()
        """
    assert _uses("shop/models.py", code, Wanted("shop_order", "note")) == [
        (3, 5, "the model Order has the column", _HIGH)
    ]
    assert _uses("shop/models/order.py", code, Wanted("shop_order", "customer_id")) == [
        (2, 5, "the model Order has the column", _HIGH)
    ]
    assert not _uses("blog/models.py", code, Wanted("shop_order", "note"))


def test_django_models_may_name_their_table() -> None:
    code = """\
        class Order(models.Model):
            note = models.TextField()

            class Meta:
                db_table = "orders"
        """
    assert _uses("shop/models.py", code) == [(2, 5, "the model Order has the column", _HIGH)]


def test_sql_that_names_both_is_nearly_certain() -> None:
    assert _uses("a.py", 'run("SELECT note FROM orders")\n') == [(1, 5, "SQL names it", _HIGH)]
    assert not _uses("a.py", 'run("SELECT note FROM letters")\n')
    assert not _uses("a.py", 'say("please note the changed orders")\n')


def test_attributes_and_arguments_count_where_the_file_speaks_of_the_table() -> None:
    code = "def f(order):\n    order.note = 1\n    Order.filter(note__isnull=True)\n"
    assert _uses("a.py", code) == [
        (2, 5, "an attribute has its name", _MEDIUM),
        (3, 18, "an argument has its name", _MEDIUM),
    ]
    assert not _uses("a.py", "def f(letter):\n    letter.note = 1\n")


def test_comments_and_docstrings_use_nothing() -> None:
    assert not _uses("a.py", '"""Orders have a note."""\n# orders.note is gone\n')
    assert not _uses("a.ts", "// orders.note is gone\n/* order.note */\nconst orders = 1;\n")


def test_a_prisma_model_has_the_column_under_its_own_or_a_mapped_name() -> None:
    code = """\
        model Order {
          id   Int
          remark String? @map("note")
          @@map("orders")
        }
        model Letter {
          note String
        }
        """
    assert _uses("prisma/schema.prisma", code) == [(3, 3, "the model Order has the column", _HIGH)]
    assert _uses("prisma/schema.prisma", code, Wanted("orders")) == [(1, 7, "the model Order is mapped to it", _HIGH)]


@pytest.mark.parametrize("word", ["shipNote", "ship_note"])
def test_typescript_uses_words_in_either_spelling(word: str) -> None:
    assert _uses("a.ts", f"order.{word} = 1;\n", Wanted("orders", "ship_note")) == [
        (1, 7, "the word stands in it", _MEDIUM)
    ]
    assert not _uses("a.ts", f"letter.{word} = 1;\n", Wanted("orders", "ship_note"))


def test_a_client_of_prisma_calls_a_table_in_small_letters() -> None:
    code = "prisma.ticket.findMany({ where: { urgent: true } });\n"
    assert _uses("a.ts", code, Wanted("Ticket", "urgent")) == [(1, 35, "the word stands in it", _MEDIUM)]


def test_a_table_is_used_by_its_model_and_by_sql() -> None:
    code = """\
        class Order(Base):
            __tablename__ = "orders"

        run("DELETE FROM orders")
        """
    assert _uses("a.py", code, Wanted("orders")) == [
        (1, 7, "the model Order is mapped to it", _HIGH),
        (2, 21, "a string names it", _MEDIUM),
        (4, 5, "SQL names it", _HIGH),
    ]


def test_a_file_that_cannot_be_parsed_says_nothing_and_is_told_elsewhere() -> None:
    assert not _uses("a.py", "def (:\n")


@pytest.mark.parametrize(
    "text",
    [
        "Merge the orders of a day into a combined list of orders.",
        "where the orders come from",
        "SELECT 1 FROM pg_class WHERE relname IN ('orders', 'note')",
    ],
)
def test_a_sentence_and_a_value_in_sql_name_no_table(text: str) -> None:
    assert _uses("app/lists.py", f'TEXT = "{text}"\n', Wanted("orders")) == []


@pytest.mark.parametrize("text", ["select id from orders", " FROM orders", "join orders on true", "UPDATE orders SET"])
def test_sql_is_told_by_its_words(text: str) -> None:
    assert len(_uses("app/lists.py", f'TEXT = "{text}"\n', Wanted("orders"))) == 1


def test_a_docstring_names_nothing() -> None:
    code = '''\
        def totals():
            """SELECT note FROM orders."""
            return query("SELECT note FROM orders")
        '''
    assert [line for line, *_ in _uses("app/lists.py", code)] == [3]


def test_an_annotation_for_type_checkers_is_no_column() -> None:
    code = """\
        class Order(Base):
            __tablename__ = "orders"
            note: str

        class Paper(SQLModel, table=True):
            __tablename__ = "orders"
            note: str

        class Sheet(Base):
            __tablename__ = "orders"
            note: Mapped[str]
        """
    assert [line for line, *_ in _uses("app/models.py", code)] == [7, 11]
