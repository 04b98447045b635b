"""Why a whole file is refused: each refusal has a code, says what was found, and how to mend it."""

from __future__ import annotations

from core.problems import Problem

CSV_ADVICE = "在 Excel 中另存为“CSV UTF-8（逗号分隔）”后上传"
RESAVE = "用 Excel 或 WPS 打开后另存为 .xlsx 再上传"


class FileRefused(Problem):
    """The file as a whole cannot be taken in."""

    title = "文件不能导入"

    def __init__(self, code: str, detail: str, remedy: str, status: int = 422) -> None:
        super().__init__(code, detail, status=status, field="file", remedy=remedy)


def empty() -> FileRefused:
    return FileRefused("IN-02", "文件是空的，没有任何数据行", "确认选对了文件；数据应从表头下一行开始填写")


def unknown_kind(found: str) -> FileRefused:
    return FileRefused("IN-03", f"{found}，不是可以导入的表格", f"可导入 .xlsx、.xls、CSV、JSON；{RESAVE}", 415)


def renamed(claimed: str, found: str) -> FileRefused:
    return FileRefused(
        "IN-04", f"文件扩展名是“{claimed}”，内容却是{found}", f"不要只改扩展名，{RESAVE}，或把扩展名改回原样", 415
    )


def damaged(what: str) -> FileRefused:
    return FileRefused("IN-05", f"文件已损坏或不完整：{what}", f"重新下载或{RESAVE}")


def protected() -> FileRefused:
    return FileRefused("IN-06", "文件设有打开密码，平台不能读取", "在“文件—信息—保护工作簿”中取消密码，另存后上传")


def macro() -> FileRefused:
    return FileRefused("IN-07", "文件带有宏，平台不接收", "另存为不含宏的 .xlsx 工作簿后上传", 415)


def bomb(what: str) -> FileRefused:
    return FileRefused(
        "IN-08", f"压缩内容异常庞大（{what}），拒绝打开", f"删去多余的格式和空白区域，或{CSV_ADVICE}", 413
    )


def too_many_rows(found: int, most: int, kind: str) -> FileRefused:
    return FileRefused("IN-09", f"{kind}有 {found} 行，超过 {most} 行", f"{CSV_ADVICE}，或分成几个文件", 413)


def too_many_columns(found: int, most: int) -> FileRefused:
    return FileRefused("IN-10", f"表格有 {found} 列，超过 {most} 列", "下载模板，按模板的列填写，删去多余的列")


def wrong_profile(title: str, cells: list[str], share: float) -> FileRefused:
    shown = "、".join(cell[:20] for cell in cells[:6]) or "（空）"
    found = f"表头只有 {share:.0%} 能对上" if share else "前 30 行里没有找到表头"
    return FileRefused(
        "IN-11", f"这不是“{title}”的表格：{found}（看到：{shown}）", "核对所选的模板，或下载模板重新填写"
    )


def missing_columns(headers: list[str]) -> FileRefused:
    shown = "、".join(headers)
    return FileRefused("IN-12", f"表头缺少必填的列：{shown}", "补上这些列，或下载模板重新填写")


def doubled_columns(headers: list[str]) -> FileRefused:
    shown = "、".join(header[:30] for header in headers[:5])
    return FileRefused("IN-13", f"有两列是同一个信息项：{shown}", "只保留一列")


def exhausted(what: str) -> FileRefused:
    return FileRefused("IN-14", f"解析文件超出{what}限制，已停止", f"分成几个较小的文件，或{CSV_ADVICE}", 413)


def unreadable(what: str) -> FileRefused:
    return FileRefused("IN-15", f"文件无法解析：{what}", RESAVE)


def several_sheets(names: list[str]) -> FileRefused:
    shown = "、".join(f"“{name[:20]}”" for name in names[:5])
    return FileRefused(
        "IN-16", f"工作簿里有 {len(names)} 张有数据的工作表：{shown}", "每个文件只留一张工作表，分别上传"
    )


def unpaired(rows: int) -> FileRefused:
    return FileRefused(
        "IN-17",
        f"至少有 {rows} 行的引号不成对，分不清哪里是一行",
        "用 Excel 或 WPS 重新导出 CSV，或另存为 .xlsx 再上传",
    )
