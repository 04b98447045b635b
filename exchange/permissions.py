"""Who may do what in the exchange with other platforms."""

from __future__ import annotations

from organizations.enums import ClientScope, Role

READ = f"scope.{ClientScope.EXCHANGE.value}"  # held by clients only, through their token
SEE_FOLLOWERS = "exchange.follower.see"
# Lists of others: who may hand them in, who sees what came, who decides about a batch that is held.
TAKE_LISTS, RUN_LISTS = "exchange.lists.take", "exchange.lists.run"
SEE_LISTS, DECIDE_LISTS = "exchange.lists.see", "exchange.lists.decide"
PERMISSIONS: dict[str, str] = {
    SEE_FOLLOWERS: "查看全部跟进变更的系统和滞后",
    TAKE_LISTS: "接收名单批次文件",
    RUN_LISTS: "核验名单批次并入库（系统任务）",
    SEE_LISTS: "查看名单批次",
    DECIDE_LISTS: "放行或退回被隔离的名单批次",
}
GRANTS: dict[str, list[str]] = {
    Role.OFFICE: [SEE_FOLLOWERS, TAKE_LISTS, SEE_LISTS, DECIDE_LISTS],
    Role.GROUP_LEAD: [SEE_LISTS],
    Role.SYSTEM_ADMIN: [SEE_FOLLOWERS],
}
LIST_JOB = frozenset({RUN_LISTS, TAKE_LISTS})
