"""Embedded checks (嵌入审批): who asks, for which matter, about whom; what this unit must then apply (ADR 0029)."""
