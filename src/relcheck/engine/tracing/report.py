"""The report over all guarantees."""

from __future__ import annotations

from relcheck.engine.files.git import find_repository
from relcheck.engine.ground import Ground
from relcheck.engine.project import ProjectView
from relcheck.engine.reviewing import Standings, standings
from relcheck.engine.tracing.evidence import Evidence
from relcheck.engine.tracing.tracer import Tracer
from relcheck.engine.tracing.trend import trend_of
from relcheck.sources.matrix.chain import Chain
from relcheck.sources.matrix.link import key_of
from relcheck.sources.matrix.report import Entry, Report, Review, in_order


def matrix_report(ground: Ground, project: ProjectView, evidence: Evidence) -> Report:
    """Every guarantee with what hangs on it, its reviews and its history. Raises ConfigError and GitError."""
    chains = Tracer(project, evidence).chains()
    trend, history = trend_of(project, find_repository(ground.root))
    known = standings(project)
    entries = tuple(
        Entry(
            chain, _review(chain, known), history.get(key_of(chain.id or ""), history.get(key_of(chain.guarantee), ()))
        )
        for chain in chains
    )
    said = {chain.status for chain in chains} | {status for point in trend.points for status in point.counts}
    return Report(entries, trend, in_order(said - {""}), results=bool(evidence.cases), coverage=bool(evidence.lines))


def _review(chain: Chain, known: Standings) -> Review:
    """How the rows of a guarantee stand; the worst of them counts."""
    if not known.begun:
        return ""
    places = {(row.at.path, row.at.line) for row in chain.rows}
    own = [one for one in known.rows if (one.row.path, one.row.place.line) in places]
    if any(one.suspect for one in own):
        return "suspect"
    return "reviewed" if any(one.was is not None for one in own) else "never"
