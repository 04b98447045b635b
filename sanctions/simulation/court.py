"""Court orders in a scenario: a stay, its lifting, a revocation."""

from __future__ import annotations

from sanctions import court_rules
from sanctions.court_rules import CourtMatter
from sanctions.enums import PauseCause
from sanctions.models import CourtOrder, Listing
from sanctions.simulation.engine import Run, need, register_act, register_restored, zh
from sanctions.simulation.imagining import register_reader, register_story
from sanctions.simulation.scenario import Act

STAYED = "court_stay"  # among the remedies of a standing: whether a stay is open, whatever the clock does
CAUSE = PauseCause.COURT.value


def matter_in(run: Run) -> CourtMatter:
    """Return where the scenario's decision stands before a court."""
    standing = run.standing
    stayed = bool(standing.remedies.get(STAYED))
    return CourtMatter(standing.decided_on, standing.is_reward, standing.revoked_from, stayed)


def court_stay(run: Run, act: Act) -> None:
    """停止执行: the clock stands until the stay is lifted."""
    need(court_rules.may_stay(matter_in(run), act.on))
    told = run.pause(act, CAUSE)
    run.say(act, f"{zh(act.on)}人民法院裁定停止执行，{told}")
    run.standing = run.standing.knowing(STAYED, True)


def lift_stay(run: Run, act: Act) -> None:
    """解除停止执行: the day itself is in force again, unless another cause holds the clock."""
    need(court_rules.may_lift_stay(matter_in(run), act.on))
    told = run.resume(act, CAUSE)
    run.say(act, f"{zh(act.on)}人民法院解除停止执行，{told}")
    run.standing = run.standing.knowing(STAYED, False)


def court_revoke(run: Run, act: Act) -> None:
    """判决撤销: void from the start; open remedies are moot."""
    need(court_rules.may_court_revoke(matter_in(run), act.on))
    run.standing = run.standing.revoked(act.on)
    run.say(act, f"{zh(act.on)}人民法院判决撤销认定，自当日起不再实施；在办的异议、投诉和修复申请终结")


def hold_again(run: Run, act: Act) -> None:
    """Let a restored listing stand still from this day for a stay that nobody lifted."""
    if matter_in(run).stayed and not run.standing.is_held(CAUSE):
        run.pause(act, CAUSE)


def _is_stayed(listing: Listing) -> bool:
    return bool(CourtOrder.open_stays(listing))


def register() -> None:
    """Enter the acts of courts, and whether a stay is open about a real listing."""
    register_act("court_stay", court_stay, label="裁定停止执行", part="法院")
    register_act("lift_stay", lift_stay, label="解除停止执行", part="法院")
    register_act("court_revoke", court_revoke, label="判决撤销", part="法院")
    register_restored(hold_again)
    register_reader(STAYED, _is_stayed)
    register_story("法院今天裁定停止执行，90日后解除", ("court_stay", 0), ("lift_stay", 90))
    register_story("法院今天解除停止执行", ("lift_stay", 0))
