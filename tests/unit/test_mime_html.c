#include "support.h"
#include "mime/internal.h"

static void test_flattening(void **state)
{
    static const struct {
        const char *html, *wanted;
    } cases[] = {
        {"", ""},
        {"plain", "plain\n"},
        {"<p>one</p><p>two</p>", "one\n\ntwo\n"},
        {"one<br>two<br/>three<BR />", "one\ntwo\nthree\n"},
        {"one<br><br>two", "one\n\ntwo\n"},
        {"<div>one</div>\n<div>two</div>", "one\ntwo\n"},
        {"  one \n\t two&nbsp;&nbsp;three ", "one two three\n"},
        {"<b>bo</b>ld <i>it</i>", "bold it\n"},
        {"<ul><li>one<li>two</ul>", "one\ntwo\n"},
        {"<table><tr><td>Status</td><td>5.1.1</td></tr><tr><th>Host</th><td>a</td></tr></table>",
         "Status\t5.1.1\nHost\ta\n"},
        {"one<br>&nbsp; two<br>\n &nbsp;&nbsp; &nbsp; three<br>&nbsp;<br>four",
         "one\n  two\n     three\n\nfour\n"},
        {"<p>&nbsp;</p>&nbsp;one", " one\n"},
        {"<pre>a  b\n  c</pre>d", "a  b\n  c\nd\n"},
        {"<h1>Title</h1>text", "Title\n\ntext\n"},
        /* What nobody reads. */
        {"<html><head><title>t</title><style>p{}</style></head><body>x</body></html>", "x\n"},
        {"<head>hidden<body>shown", "shown\n"},
        {"<head>hidden<p>shown", "shown\n"},
        {"a<script>if (a < b) { '<p>' }</script>b", "ab\n"},
        {"a<SCRIPT type=x>x</ScRiPt >b", "ab\n"},
        {"a<style>x", "ax\n"},
        {"a<!-- <p>x</p> -->b", "ab\n"},
        {"a<!--[if mso]>x<![endif]-->b<![if !mso]>c<![endif]>", "abc\n"},
        {"<!DOCTYPE html><?xml version=\"1.0\"?>x", "x\n"},
        {"a<!-- never closed> b", "a b\n"},
        /* Entities. */
        {"&lt;user@example.com&gt; &amp;amp; &quot;x&quot;", "<user@example.com> &amp; \"x\"\n"},
        {"&#12354;&#x3044;&#X3044", "\xE3\x81\x82\xE3\x81\x84\xE3\x81\x84\n"},
        {"&eacute;&Eacute;&euro;&hellip;", "\xC3\xA9\xC3\x89\xE2\x82\xAC\xE2\x80\xA6\n"},
        {"&#150;&#x80;", "\xE2\x80\x93\xE2\x82\xAC\n"},
        {"&copy 2024 &unknown; & &; &#; &#x;", "\xC2\xA9 2024 &unknown; & &; &#; &#x;\n"},
        {"&#0;&#xD800;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD\n"},
        {"block&shy;ed &#8203;x&zwnj;", "blocked x\n"},
        /* Links. */
        {"<a href=\"https://example.com/a\">here</a>.", "here <https://example.com/a>.\n"},
        {"<a href='https://example.com/'>https://example.com</a>", "https://example.com\n"},
        {"<a href=https://example.com/a>example.com/a</a>", "example.com/a\n"},
        {"<a href=\"http://example.net/\">https://example.com/</a>",
         "https://example.com/ <http://example.net/>\n"},
        {"<a href=\"mailto:a@example.com\">a@example.com</a>", "a@example.com\n"},
        {"<a href=\"mailto:a@example.com?subject=x\">A</a>", "A <a@example.com>\n"},
        {"<a href=\"https://example.com/?a=1&amp;b=2&copy=3\">x</a>",
         "x <https://example.com/?a=1&b=2&copy=3>\n"},
        {"<a href=\"javascript:alert(1)\">x</a><a href=\"#top\">y</a>", "xy\n"},
        {"<a href=\"https://example.com/a\nb>c\">x</a>", "x <https://example.com/abc>\n"},
        {"<a href=\"https://example.com/\"><img src=x></a>y", "y\n"},
        {"<a href=\"https://example.com/a\">x <a href=\"https://example.com/b\">y",
         "x <https://example.com/a> y <https://example.com/b>\n"},
        {"<a name=x>y</a>", "y\n"},
        /* Broken. */
        {"a < b and c > d", "a < b and c > d\n"},
        {"1<2", "1<2\n"},
        {"<user@example.com>: no", "<user@example.com>: no\n"},
        {"see <https://example.com/>", "see <https://example.com/>\n"},
        {"<p class=\"a>x", "x\n"},
        {"<p title=\"a>b\">x", "x\n"},
        {"<b<p>x", "x\n"},
        {"x</p", "x\n"},
        {"x<", "x<\n"},
        {"x</", "x</\n"},
        {"</td></table></pre>x", "x\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_html_text(*state, bw_str(cases[i].html), 0), cases[i].wanted, cases[i].html);
}

static void test_limit(void **state)
{
    check_slice(bw_html_text(*state, BW_S("<p>abcdef</p>"), 3), "abc", "limit");
    check_slice(bw_html_text(*state, BW_S("ab\xE3\x81\x82"), 4), "ab", "no half characters");
}

static void test_detection(void **state)
{
    static const struct {
        const char *text;
        bool document, tag;
    } cases[] = {
        {"<html><body>x", true, true},
        {" \n<!DOCTYPE HTML PUBLIC>", true, true},
        {"<p>x</p>", false, true},
        {"a<br>", false, true},
        {"<!-- x -->", false, true},
        {"<user@example.com>: no such user", false, false},
        {"a < b", false, false},
        {"<x-unknown>", false, false},
        {"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (bw_looks_like_html(bw_str(cases[i].text)) != cases[i].document ||
            bw_has_tag(bw_str(cases[i].text)) != cases[i].tag)
            fail_msg("'%s'", cases[i].text);
}

static void test_charset(void **state)
{
    static const struct {
        const char *html, *wanted;
    } cases[] = {
        {"<html><head><meta charset=\"Shift_JIS\">", "Shift_JIS"},
        {"<META http-equiv=Content-Type content=\"text/html; charset=euc-jp\">", "euc-jp"},
        {"<meta name=x><meta charset = utf-8>", "utf-8"},
        {"<meta charset=\"\">", NULL},
        {"<p>charset=x</p>", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_html_charset(bw_str(cases[i].html)), cases[i].wanted, cases[i].html);
}

static void test_entity_table_is_sorted(void **state)
{
    static const char *const names[] = {"&AElig;", "&zwnj;",  "&apos;",  "&thetasym;",
                                        "&nbsp;",  "&Omega;", "&omega;", "&sup1;"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        uint32_t code = 0;
        assert_int_equal(bw_html_entity(&code, bw_str(names[i])), strlen(names[i]));
        assert_true(code > 0);
    }
}

static void test_linear(void **state)
{
    static const char *const units[] = {
        "<",
        "<a ",
        "<a b=\"",
        "<a b='\"",
        "<!--",
        "<script>",
        "<style></",
        "&",
        "&#",
        "<p",
        "</",
        "<br>",
        "<title>",
        "<a href=http://x>",
        "<script></scrip",
        "<head>",
        "<pre>\n",
        "<!-- --><!",
        "<td>",
        "<a href=\"http://x\"> ",
        "<b/",
        "<x =",
        "</a",
        "&amp",
    };
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bw_slice html = repeated(*state, units[i], 100000);
        const clock_t start = clock();
        bw_html_text(*state, html, 0);
        bw_has_tag(html);
        if (seconds_since(start) > 3)
            fail_msg("'%s' takes %f s", units[i], seconds_since(start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_flattening),
        ARENA_TEST(test_limit),
        ARENA_TEST(test_detection),
        ARENA_TEST(test_charset),
        ARENA_TEST(test_entity_table_is_sorted),
        ARENA_TEST(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
