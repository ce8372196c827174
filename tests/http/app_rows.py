"""What the app layout makes reachable, and that nothing else is: $SITE as static.bats makes it."""
import re

from raw import request, row

HTML = "text/html; charset=utf-8"


def get(name, target, content_type, body):
    return row(name, request(target), 200, {"Content-Type": content_type}, re.compile(re.escape(body)))


def absent(target):
    return row(f"nothing at {target}", request(target), 404, {"Cache-Control": "no-store"})


ROWS = [
    get("the index", "/", HTML, b"<p>3 is three</p>"),
    get("a page without its extension", "/about", HTML, b"<p>about</p>"),
    get("a page with its extension", "/about.html", HTML, b"<p>about</p>"),
    get("a page that is no HTML", "/feed.xml", re.compile("^(application|text)/xml; charset=utf-8$"), b"<feed>3</feed>"),
    get("a page in a folder", "/blog/post", HTML, b"<p>post</p>"),
    get("the index of a folder", "/blog/", HTML, b"<p>blog</p>"),
    get("a static file", "/static/site.css", "text/css; charset=utf-8", b"body{}"),
    get("the icon", "/favicon.ico", re.compile("^image/"), b"icon"),
    get("robots.txt", "/robots.txt", "text/plain; charset=utf-8", b"User-agent"),
    get("the site map", "/sitemap.xml", re.compile("xml"), b"<urlset/>"),
    get("Apple's icon", "/apple-touch-icon-120x120.png", "image/png", b"apple"),
    get("/.well-known/", "/.well-known/acme.txt", "text/plain; charset=utf-8", b"acme"),
    get("a root file that was named", "/humans.txt", "text/plain; charset=utf-8", b"humans"),
    row("a folder of pages without its slash", request("/blog?a=b"), 308, {"Location": "/blog/?a=b"}),
    *map(absent, [
        "/site.css", "/secret.txt", "/eddy.conf", "/Makefile", "/src/main.c", "/.env", "/.git/config",
        "/templates/index.html", "/templates/", "/templates", "/static/%252e%252e/secret.txt",
        "/_partial", "/_partial.html", "/_data/nav.json", "/_data/", "/.hidden", "/.hidden.html", "/blog/_draft.html",
        "/_private/page.html", "/about.html.html", "/about/", "/index/", "/nothing", "/static/nothing.css",
        "/static/.hidden.css", "/other.txt", "/data/rows.json"]),
    row("no way out of static/", request("/static/../secret.txt"), 400, closes=None),
    row("no way out of templates/", request("/../secret.txt"), 400, closes=None),
    row("another method for a page", request("/about", method="PUT"), 405, closes=None),
]
