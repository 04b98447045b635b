from datetime import date
import pytest
from organizations.enums import Role
from tests.factories.organizations import make_assignment, PASSWORD
from catalog.models import EntryRevision, Article
def test_shot(page, live_site):
    a = make_assignment(Role.OFFICE.value, "fgw")
    page.goto("/admin/login/")
    page.fill("input[name=username]", a.officer.username); page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit], input[type=submit]")
    page.wait_for_load_state()
    page.set_viewport_size({"width":1440,"height":1000})
    r = EntryRevision.objects.get(entry__code="CJ-001")
    for n,u in (("list","/admin/catalog/entryrevision/"),("rev",f"/admin/catalog/entryrevision/{r.pk}/change/"),("impact",f"/admin/catalog/impact/?article={Article.objects.get(instrument__code='nongmingong-gongzi',label='第四十八条').pk}"),("act",f"/admin/catalog/entryrevision/{r.pk}/act-withdraw/")):
        page.goto(u); page.wait_for_load_state(); page.screenshot(path=f"/tmp/shot_{n}.png", full_page=True)
