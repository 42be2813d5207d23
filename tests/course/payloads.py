"""Texts that run or load something where they are shown as HTML, Markdown or TeX, not as text."""

JS = "console.log('RAN')"
LEAK = "http://leak.invalid/"  # a name that never resolves

# Shown as HTML as they stand, these run at once or when touched; a test holds each of them to that.
LIVE = {
    "script": f"<script>{JS}</script>",
    "script_case": f"<ScRiPt\n>{JS}</sCrIpT >",
    "script_data": f'<script src="data:text/javascript,{JS}"></script>',
    "script_module": f'<script type="module">{JS}</script>',
    "script_javascript_mime": f'<script type="application/javascript">{JS}</script>',
    "img_onerror": f'<img src=x onerror="{JS}">',
    "img_slashes": f'<img/src="x"/onerror="{JS}"/>',
    "img_entities": '<img src=x onerror="&#99;onsole.log(&apos;RAN&apos;)">',
    "svg_onload": f'<svg onload="{JS}"></svg>',
    "svg_script": f"<svg><script>{JS.replace('(', '&#40;')}</script></svg>",
    "svg_foreign": f'<svg><foreignObject><img src=x onerror="{JS}"></foreignObject></svg>',
    "svg_animate": f'<svg><a xlink:href="javascript:{JS}"><text y="20">x</text></a></svg>',
    "svg_begin": f'<svg><animate onbegin="{JS}" attributeName=x dur=1s></svg>',
    "details": f'<details open ontoggle="{JS}">x</details>',
    "autofocus": f'<input autofocus onfocus="{JS}">',
    "video": f'<video><source onerror="{JS}"></video>',
    "audio": f'<audio src=x onerror="{JS}"></audio>',
    "style_animation": f"<style>@keyframes k{{}}</style><b style='animation:k 1s' "
    f'onanimationstart="{JS}">x</b>',
    "mouseover": f'<b onmouseover="{JS}">x</b>',
    "iframe_srcdoc": f'<iframe srcdoc="<script>{JS}</script>"></iframe>',
    "iframe_javascript": f'<iframe src="javascript:{JS}"></iframe>',
    "iframe_data": f'<iframe src="data:text/html,<script>{JS}</script>"></iframe>',
    "object_data": f'<object data="data:text/html,<script>{JS}</script>"></object>',
    "embed_svg": "<embed src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    f'<script>{JS.replace(chr(39), "`")}</script></svg>">',
    "link_javascript": f'<a href="javascript:{JS}">x</a>',
    "link_tab": f'<a href="java\tscript:{JS}">x</a>',
    "link_entity": f'<a href="&#106;avascript&colon;{JS}">x</a>',
    "form_action": f'<form action="javascript:{JS}"><button>x</button></form>',
    "button_formaction": f'<form><button formaction="javascript:{JS}">x</button></form>',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={JS}>"></noscript>',
    "out_of_pre": f"</pre></td></table><script>{JS}</script>",
    "out_of_title": f"</title></style></textarea></script><script>{JS}</script>",
    "out_of_comment": f"--><!-- --!><script>{JS}</script>",
    "out_of_attribute": f'"\'><img src=x onerror="{JS}">',
    "requirejs_widget": '<script type="application/vnd.jupyter.widget-state+json">{}</script>'
    f"<script>{JS}</script>",
}

# Shown as HTML as they stand, these ask the network for something.
LEAKS = {
    "img": f'<img src="{LEAK}a">',
    "img_srcset": f'<img srcset="{LEAK}a 1x">',
    "css_url": f'<b style="background:url({LEAK}a)">x</b>',
    "css_import": f'<style>@import "{LEAK}a";</style>',
    "css_font": f'<style>@font-face{{font-family:f;src:url({LEAK}a)}}b{{font-family:f}}</style>'
    "<b>x</b>",
    "stylesheet": f'<link rel=stylesheet href="{LEAK}a">',
    "prefetch": f'<link rel=preload as=image href="{LEAK}a">',
    "script_src": f'<script src="{LEAK}a"></script>',
    "iframe": f'<iframe src="{LEAK}a"></iframe>',
    "video_poster": f'<video poster="{LEAK}a"></video>',
    "svg_image": f'<svg><image href="{LEAK}a"/></svg>',
    "base": f'<base href="{LEAK}a/"><img src="b">',
    "input_image": f'<input type=image src="{LEAK}a">',
}  # fmt: skip

# These run or load in Markdown, TeX, a template, another encoding, or break out of a text block.
INDIRECT = {
    "markdown_link": f"[x](javascript:{JS}) <javascript:{JS}>",
    "markdown_reference": f"[x]\n\n[x]: javascript:{JS}",
    "markdown_image": f"![x]({LEAK}a) ![x](x\"onerror=\"{JS})",
    "markdown_data": f"[x](data:text/html,<script>{JS}</script>)",
    "markdown_html": f"<div>\n\n*a*\n<img src=x onerror=\"{JS}\">\n\n</div>",
    "fence_tilde": f"a\n~~~\n<script>{JS}</script>\n~~~text\n",
    "fence_long": f"a\n{'~' * 40}\n<script>{JS}</script>\n",
    "fence_grave": f"```\n<script>{JS}</script>\n```html\n<img src=x onerror=\"{JS}\">",
    "fence_return": f"a\r~~~\r<script>{JS}</script>\r",
    "fence_separator": f"a\u2028~~~\u2028\u0085~~~\u0085\x0b~~~\x0c~~~\n<script>{JS}</script>",
    "fence_indent": f"   ~~~\n   ~~~\n<script>{JS}</script>",
    "mermaid": f"```mermaid\ngraph TD; A[\"<img src=x onerror=\\\"{JS}\\\">\"]\n```",
    "tex_href": rf"$\href{{javascript:{JS}}}{{x}}$ \(\href{{javascript:{JS}}}{{x}}\)",
    "tex_script": f"$<script>{JS}</script>$ $$ <img src=x onerror=\"{JS}\"> $$",
    "tex_macro": rf"$\require{{html}}\style{{background:url({LEAK}a)}}{{x}}$ $\def\x{{\x}}\x$",
    "tex_environment": f"\\begin{{equation}}<img src=x onerror=\"{JS}\">\\end{{equation}}",
    "tex_unicode": f"$\\unicode{{<img src=x onerror=\"{JS}\">}}$ $\\text{{</script><b>}}$",
    "template": "{{ 7 * 7 }}{% for i in range(3) %}RAN{% endfor %}{{ config }}<%= 7 %>${7}",
    "utf7": "+ADw-script+AD4-console.log(+ACc-RAN+ACc-)+ADw-/script+AD4-",
    "math_style": f'<math><mtext><table><mglyph><style><img src=x onerror="{JS}">',
    "ansi": f"\x1b]8;;javascript:{JS}\x07x\x1b]8;;\x07\x1b[31m<script>{JS}</script>\x1b[0m",
    "bidi": f"\u202e\u2066<script>{JS}</script>\u2069\ufeff",
    "plain_link": f"javascript:{JS} www.leak.invalid {LEAK}a attachment:x.html",
}  # fmt: skip


def named(name: str, text: str) -> str:
    """The text so that the console tells which one ran, and the network which one asked."""
    return text.replace("RAN", f"RAN-{name}").replace(f"{LEAK}a", f"{LEAK}{name}")


TEXTS = tuple((LIVE | LEAKS | INDIRECT).values())
