"""Who may do what in the exchange with other platforms."""

from __future__ import annotations

from organizations.enums import ClientScope, Role

READ = f"scope.{ClientScope.EXCHANGE.value}"  # held by clients only, through their token
SEE_FOLLOWERS = "exchange.follower.see"
PERMISSIONS: dict[str, str] = {SEE_FOLLOWERS: "查看全部跟进变更的系统和滞后"}
GRANTS: dict[str, list[str]] = {Role.OFFICE: [SEE_FOLLOWERS], Role.SYSTEM_ADMIN: [SEE_FOLLOWERS]}
