import pytest
from datetime import timedelta
from core import clock
from tests.factories import sanctions as make
from tests.browser_helpers_tmp import sign_in
from tests.support.workbench import page_of, act_of
pytestmark = pytest.mark.browser
def shot(page, name, url):
    page.goto(url); page.wait_for_timeout(300)
    for w in (1440, 390):
        page.set_viewport_size({"width": w, "height": 900}); page.wait_for_timeout(150)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0: print("OVERFLOW", name, w, over)
        page.screenshot(path=f"/tmp/shots/admin-{name}-{w}.png", full_page=True)
def test_shots(page):
    today = clock.today()
    start = today - timedelta(days=12)
    case = make.case_in("convened", start=start, subjects=[make.legal_entity("广元市测试白龙江建材有限公司"), make.legal_entity("广元市测试剑门建筑劳务有限责任公司")], units=("zjj","scjgj","czj","jtj"))
    m = case.meetings.get()
    from sanctions.services import meetings as ms
    lead = make.lead_of(case)
    d = ms.prepare_draw(actor=lead, meeting=m, demand={"law": 1, "labour": 1}); ms.draw_experts(actor=lead, draw=d)
    ms.prepare_draw(actor=lead, meeting=m, demand={"law": 1})
    sign_in(page, lead)
    shot(page, "x-landing-lead", "/admin/")
    shot(page, "x-case-convened", page_of(case))
    shot(page, "x-draw", act_of(case, "draw", m.draws.get(round=2).public_id))
    with clock.at(m.held_on): make.vote(case)
    ms.record_opinion
    shot(page, "x-decide", act_of(case, "decide"))
    page.fill("[name=years]", "90"); page.fill("[name=minutes]", "会议听取了发起单位的汇报，逐个主体表决。"); page.click("button:has-text('确认记录议决')"); page.wait_for_timeout(500)
    for w in (1440,390):
        page.set_viewport_size({"width": w, "height": 900}); page.screenshot(path=f"/tmp/shots/admin-x-decide-refused-{w}.png", full_page=True)
    shot(page, "x-opinions", act_of(case, "opinions"))
    voter = make.actor_of("zjj", "reviewer"); sign_in(page, voter)
    shot(page, "x-vote", act_of(case, "vote"))
    shot(page, "x-landing-reviewer", "/admin/")
    make.decide(case); make.issue(case)
    rsj = make.actor_of("rsj", "reviewer"); sign_in(page, rsj)
    shot(page, "x-serve", act_of(case, "serve-decision", case.subjects.first().public_id))
    shot(page, "x-case-issued", page_of(case))
    make.serve(case)
    h = make.actor_of("zjj", "handler"); sign_in(page, h)
    shot(page, "x-tasks", "/admin/sanctions/executiontask/")
    from sanctions.models import ExecutionTask
    t = ExecutionTask.objects.filter(unit__code="zjj").first()
    from sanctions.services.tasks import acknowledge_task
    acknowledge_task(actor=h, task=t)
    shot(page, "x-apply", act_of(t, "apply"))
    shot(page, "x-refuse", act_of(t, "refuse"))
    draft = make.draft(start=today, evidence=False); 
    both = make.actor_of("rsj", "handler"); make.make_assignment("reviewer", make.unit("rsj"), officer=make.Officer.objects.get(pk=both.officer_id)); make.make_assignment("handler", make.unit("zjj"), officer=make.Officer.objects.get(pk=both.officer_id))
    sign_in(page, both)
    shot(page, "x-draft-blocked", page_of(draft))
    shot(page, "x-evidence", act_of(draft, "evidence"))
    shot(page, "x-403", act_of(draft, "accept"))
    page.goto("/admin/sanctions/case/"); page.click("text=筛选") if page.query_selector("text=筛选") else page.click("text=过滤器"); page.set_viewport_size({"width":1440,"height":900}); page.wait_for_timeout(400); page.screenshot(path="/tmp/shots/admin-x-filters-1440.png")
    page.context.clear_cookies(); shot(page, "x-login", "/admin/login/")
