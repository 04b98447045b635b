"""`manage.py generate_city`: any number of valid synthetic subjects, the same for the same seed."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import Actor
from core.problems import Problem
from subjects import city


class Command(BaseCommand):
    help = "生成演示城市：合法但不存在的主体（区划 510899，名称含“示例”），同一种子得到同一城市"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subjects", type=int, required=True, help="主体数量")
        parser.add_argument("--seed", type=int, default=1, help="种子，默认 1")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["subjects"] < 1:
            raise CommandError("主体数量应为正整数")
        started = time.perf_counter()
        try:
            report = city.generate(Actor.job("generate_city"), subjects=options["subjects"], seed=options["seed"])
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"已生成 {report.subjects} 个主体（其中自然人 {report.persons} 个，种子 {report.seed}），"
            f"用时 {seconds:.1f} 秒，每秒 {report.subjects / seconds:.0f} 个"
        )
