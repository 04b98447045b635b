"""Pages of the portal."""

from django.urls import path, re_path

from portal.views import articles, reports, site, tips
from portal.views.catalogue import catalogue, entry
from portal.views.disclosures import disclosure, disclosures
from portal.views.home import home
from portal.views.listings import listings, repairs
from portal.views.online import drafts, follow, hall
from portal.views.open_data import open_data
from portal.views.search import results
from portal.views.statistics import statistics
from portal.views.subjects import subject

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("search", results, name="search"),
    path("subjects/<str:code>", subject, name="subject"),
    path("listings/incentive", listings, {"kind": "incentive"}, name="incentive"),
    path("listings/discipline", listings, {"kind": "discipline"}, name="discipline"),
    path("disclosures/", disclosures, name="disclosures"),
    path("disclosures/<str:public_id>", disclosure, name="disclosure"),
    path("catalogue", catalogue, name="catalogue"),
    path("catalogue/<str:code>", entry, name="entry"),
    path("articles/<str:public_id>/comments", tips.file_comment, name="file_comment"),
    path("tips", tips.tips, name="tips"),
    path("tips/file", tips.file_tip, name="file_tip"),
    path("tips/follow", tips.follow_tip, name="follow_tip"),
    path("statistics", statistics, name="statistics"),
    path("open-data", open_data, name="open_data"),
    path("articles", articles.articles, name="articles"),
    path("articles/<str:public_id>", articles.article, name="article"),
    path("articles/<str:public_id>/files/<str:file_id>", articles.article_file, name="article_file"),
    path("subjects/<str:code>/report", reports.ask, name="ask_report"),
    path("reports", reports.verification, name="reports"),
    path("reports/check", reports.check, name="check_report"),
    path("reports/keys.json", reports.keys, name="report_keys"),
    re_path(r"^reports/(?P<number>[0-9A-Za-z]{22})\.(?P<form>pdf|json)$", reports.file, name="report_file"),
    path("reports/<str:number>", reports.report, name="report"),
    path("services/", hall.hall, name="hall"),
    path("services/repair", hall.repair, name="repair"),
    path("services/object", hall.objection, name="object"),
    path("services/complain", hall.complain, name="complain"),
    path("services/start", hall.start, name="start"),
    path("services/resume", drafts.resume, name="resume"),
    path("services/login", drafts.returned, name="returned"),
    path("services/drafts/<str:number>", drafts.draft, name="draft"),
    path("services/drafts/<str:number>/receipt", drafts.receipt, name="receipt"),
    path("services/follow", follow.follow, name="follow"),
    path("services/follow/<str:number>", follow.following, name="following"),
    path("repairs", repairs, name="repairs"),
    path("rights", site.rights, name="rights"),
    path("about", site.about, name="about"),
    path("large-text", site.large_text, name="large_text"),
    path("too-large", site.too_large, {"document": False}, name="too_large"),
    path("too-large.json", site.too_large, {"document": True}, name="too_large_document"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
]
