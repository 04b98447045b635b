from organizations.models import Officer
from tests.factories.organizations import PASSWORD
def sign_in(page, actor):
    page.context.clear_cookies()
    page.goto("/admin/login/?next=/admin/")
    page.fill("[name=username]", Officer.objects.get(pk=actor.officer_id).username)
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_selector(".wb-hello")
