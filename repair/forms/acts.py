"""Which acts an application's page offers, in the order of the work."""

from __future__ import annotations

from organizations.acts.forms import ActForm
from repair.forms import handling as steps
from repair.forms.filing import AddMaterial, CheckIdentity, RenewSecret, Withdraw

APPLICATION_ACTS: tuple[type[ActForm], ...] = (
    CheckIdentity,
    steps.Accept,
    steps.Forward,
    steps.AskForMaterial,
    steps.Verify,
    steps.Opine,
    steps.Approve,
    steps.Reject,
    steps.Publish,
    steps.MirrorApproval,
    steps.SourceAcceptance,
    steps.SendBack,
    steps.Extend,
    AddMaterial,
    RenewSecret,
    steps.MirrorRejection,
    steps.Decline,
    Withdraw,
    steps.ProposeRevocation,
    steps.Revoke,
)
