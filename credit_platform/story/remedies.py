"""One objection with its complaint, one repair application: each act by the officer whose work it is, then told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credit_platform.story.stage import Stage
from objections.models import Complaint, Objection
from objections.services import acceptance, answering, complaints, filing, rulings
from repair.services import deciding, handling
from repair.services import filing as petitions
from sanctions.models import Listing

WINDOW = "window"
OFFICE = ("office-1", "office-2")
SEEN = "已核对营业执照、法定代表人身份证件原件，与登记一致（示例）"


@dataclass
class Dispute:
    """An objection against a listing, answered by officers of `unit` who took no part in deciding it."""

    stage: Stage
    listing: Listing
    unit: str

    def file(self, on: date, grounds: str, claims: str) -> None:
        """Filed at the window, which checks the identity at once."""
        with self.stage.on(on):
            who = self.stage.actor(WINDOW)
            request = filing.Request(
                target_kind="listing",
                target_key=self.listing.public_id,
                filer=filing.Filer(self.listing.subject.legal_representative, "legal_representative"),
                grounds=grounds,
                claims=claims,
                papers=[
                    filing.Paper(kind, self.stage.file(WINDOW, name, grounds))
                    for kind, name in (
                        ("application", "异议申请书"),
                        ("licence", "营业执照"),
                        ("identity", "法定代表人身份证件"),
                        ("evidence", "证据材料"),
                    )
                ],
            )
            record = filing.file_objection(actor=who, request=request).record
            assert isinstance(record, Objection)
            self.objection = record
            self._note(WINDOW, "objection.file")
            filing.check_identity(actor=who, objection=record, passed=True, note=SEEN)
            self._note(WINDOW, "objection.check")

    def accept(self, on: date) -> None:
        with self.stage.on(on):
            acceptance.accept_objection(actor=self.stage.actor(f"{self.unit}-handler"), objection=self.objection)
            self._note(f"{self.unit}-handler", "objection.accept")

    def answer(self, drafted_on: date, signed_on: date, outcome: str, text: str) -> None:
        """Drafted by the handler, signed by the reviewer."""
        with self.stage.on(drafted_on):
            who = self.stage.actor(f"{self.unit}-handler")
            answering.draft_answer(actor=who, objection=self.objection, outcome=outcome, text=text)
            self._note(f"{self.unit}-handler", "objection.draft")
        with self.stage.on(signed_on):
            answering.sign_answer(actor=self.stage.actor(f"{self.unit}-reviewer"), objection=self.objection)
            self._note(f"{self.unit}-reviewer", "objection.sign")

    def complain(self, on: date, grounds: str, claims: str) -> None:
        with self.stage.on(on):
            appeal = complaints.Appeal(
                grounds=grounds,
                claims=claims,
                papers=(filing.Paper("evidence", self.stage.file(WINDOW, "补充证据", grounds)),),
            )
            who = self.stage.actor(WINDOW)
            record = complaints.file_complaint(actor=who, objection=self.objection, appeal=appeal).record
            assert isinstance(record, Complaint)
            self.complaint = record
            self._note(WINDOW, "complaint.file")

    def accept_complaint(self, on: date) -> None:
        with self.stage.on(on):
            complaints.accept_complaint(actor=self.stage.actor(OFFICE[0]), complaint=self.complaint)
            self._note(OFFICE[0], "complaint.accept")

    def rule(self, drafted_on: date, signed_on: date, outcome: str, text: str) -> None:
        """Drafted by one officer of the office, signed by the other."""
        with self.stage.on(drafted_on):
            who = self.stage.actor(OFFICE[0])
            rulings.draft_ruling(actor=who, complaint=self.complaint, outcome=outcome, text=text)
            self._note(OFFICE[0], "complaint.draft")
        with self.stage.on(signed_on):
            rulings.sign_ruling(actor=self.stage.actor(OFFICE[1]), complaint=self.complaint)
            self._note(OFFICE[1], "complaint.sign")

    def _note(self, username: str, act: str) -> None:
        record = self.complaint if act.startswith("complaint") else self.objection
        record.refresh_from_db()
        self.listing.refresh_from_db()
        ends_on = self.listing.ends_on.isoformat() if self.listing.ends_on else None
        self.stage.note(self.stage.actor(username), act, record, listing=self.listing.public_id, ends_on=ends_on)


@dataclass
class Petition:
    """An application to repair a listing, handled by `unit` that reported it."""

    stage: Stage
    listing: Listing
    unit: str

    def file(self, on: date, statement: str) -> None:
        """Filed at the window by the legal representative; the window checks his identity at once."""
        with self.stage.on(on):
            who = self.stage.actor(WINDOW)
            submission = petitions.Submission(
                applicant_name=self.listing.subject.legal_representative,
                applicant_role="representative",
                statement=statement,
                commitment=petitions.COMMITMENT,
                materials=[
                    petitions.Piece(kind, name, self.stage.file(WINDOW, name, statement))
                    for kind, name in (("performance", "退款、缴款凭证"), ("commitment", "信用承诺书"))
                ],
            )
            filed = petitions.apply(actor=who, listing=self.listing, submission=submission)
            self.application = filed.application
            self._note(WINDOW, "repair.apply")
            petitions.check_identity(actor=who, application=self.application, note=SEEN)
            self._note(WINDOW, "repair.check")

    def accept(self, on: date) -> None:
        with self.stage.on(on):
            handling.accept(actor=self.stage.actor(f"{self.unit}-handler"), application=self.application)
            self._note(f"{self.unit}-handler", "repair.accept")

    def verify(self, on: date, told: str) -> None:
        handler = f"{self.unit}-handler"
        with self.stage.on(on):
            found = handling.Findings(
                method="现场核查和凭证核对",
                findings=told,
                corrected=True,
                materials_true=True,
                proof=self.stage.file(handler, "核查记录", told),
            )
            handling.verify(actor=self.stage.actor(handler), application=self.application, found=found)
            self._note(handler, "repair.verify")

    def opine(self, on: date) -> None:
        with self.stage.on(on):
            who = self.stage.actor(f"{self.unit}-handler")
            text = "失信行为已经纠正，材料属实，已满最短期限，建议同意修复（示例）"
            handling.opine(actor=who, application=self.application, outcome="approve", text=text)
            self._note(f"{self.unit}-handler", "repair.opine")

    def sign(self, on: date) -> None:
        with self.stage.on(on):
            deciding.approve(actor=self.stage.actor(f"{self.unit}-reviewer"), application=self.application)
            self._note(f"{self.unit}-reviewer", "repair.sign")

    def publish(self, on: date) -> None:
        with self.stage.on(on):
            deciding.publish(actor=self.stage.actor(f"{self.unit}-handler"), application=self.application)
            self._note(f"{self.unit}-handler", "repair.publish")

    def _note(self, username: str, act: str) -> None:
        self.application.refresh_from_db()
        self.stage.note(self.stage.actor(username), act, self.application, listing=self.listing.public_id)
