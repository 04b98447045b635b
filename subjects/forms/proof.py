"""What every form asks that records how a document reached its subject."""

from __future__ import annotations

from typing import Any

from django import forms

from organizations.acts.fields import DateField, UploadField
from organizations.acts.forms import ActForm
from subjects.enums import ProofMethod


class ProofForm(ActForm):
    """送达回证: the way, who signed for it, the day, and a copy; a subclass says of which document."""

    method = forms.ChoiceField(label="送达方式", choices=ProofMethod.choices)
    recipient = forms.CharField(
        label="签收人或载体",
        max_length=200,
        help_text="直接送达填签收人及身份；邮寄填单号；公告填刊登载体",
        error_messages={"required": "请按送达回证填写签收人或载体"},
    )
    served_on = DateField(label="送达日")
    proof = UploadField(label="送达回证", required=False)

    def filled(self) -> dict[str, Any]:
        """Return the proof with the day and reason of the act, as every such service takes them."""
        data = self.cleaned_data
        return {key: data[key] for key in ("method", "recipient", "served_on", "proof")} | self.when()
