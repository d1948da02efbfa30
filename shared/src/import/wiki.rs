//! Jira's wiki markup to Markdown, carefully: what is not surely markup stays as it is, and no text is lost.

/// Longer texts are cut anyway, and stay as they are until then.
const CONVERTED_BYTES_MAX: usize = 100_000;
/// How far the end of a link or of words in bold may be.
const INLINE_BYTES_MAX: usize = 2_000;

/// The text in Markdown.
pub(super) fn to_markdown(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.len() > CONVERTED_BYTES_MAX {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    convert(&text, &mut out);
    out.trim().to_owned()
}

/// A macro that encloses text: `{name:parameters}…{name}`.
struct Block<'a> {
    name: &'a str,
    parameters: &'a str,
    before: &'a str,
    body: &'a str,
    after: &'a str,
}

fn convert(text: &str, out: &mut String) {
    let mut rest = text;
    let mut never_ends = Vec::new();
    while let Some(block) = next_block(rest, &mut never_ends) {
        lines(block.before, out);
        match block.name {
            "code" | "noformat" => fence(&block, out),
            "quote" => quote(block.body, out),
            "panel" => panel(&block, out),
            // Colour says nothing that the text does not.
            _ => convert(block.body, out),
        }
        rest = block.after;
    }
    lines(rest, out);
}

/// The first complete block of a text. An opening without its end is ordinary text; `never_ends` keeps the names of those,
/// which need not be looked for in the rest of the text.
fn next_block<'a>(text: &'a str, never_ends: &mut Vec<&'a str>) -> Option<Block<'a>> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        from = open + 1;
        let close = text[from..].find('}').map(|at| from + at)?;
        let inside = &text[from..close];
        let (name, parameters) = inside.split_once(':').unwrap_or((inside, ""));
        if !matches!(name, "code" | "noformat" | "quote" | "panel" | "color")
            || inside.contains('\n')
        {
            continue;
        }
        if never_ends.contains(&name) {
            continue;
        }
        let body_begin = close + 1;
        let end_mark = format!("{{{name}}}");
        if let Some(length) = text[body_begin..].find(&end_mark) {
            let body_end = body_begin + length;
            return Some(Block {
                name,
                parameters,
                before: &text[..open],
                body: &text[body_begin..body_end],
                after: &text[body_end + end_mark.len()..],
            });
        }
        never_ends.push(name);
    }
    None
}

/// Begins a paragraph.
fn paragraph(out: &mut String) {
    let end = out.trim_end().len();
    out.truncate(end);
    if !out.is_empty() {
        out.push_str("\n\n");
    }
}

fn fence(block: &Block<'_>, out: &mut String) {
    paragraph(out);
    let mut language = "";
    for parameter in block.parameters.split('|').map(str::trim) {
        match parameter.split_once('=') {
            Some(("title", title)) if !title.trim().is_empty() => {
                out.push_str(&format!("**{}**\n\n", title.trim()));
            }
            Some(_) => {}
            None => language = parameter,
        }
    }
    let known = !language.is_empty()
        && language
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "+#-".contains(letter));
    let longest = block
        .body
        .split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    let language = if known { language } else { "" };
    let body = block.body.trim_matches('\n').trim_end();
    out.push_str(&format!("{marks}{language}\n{body}\n{marks}\n\n"));
}

fn quote(body: &str, out: &mut String) {
    paragraph(out);
    let mut quoted = String::new();
    convert(body, &mut quoted);
    for line in quoted.trim().lines() {
        out.push_str(if line.is_empty() { ">" } else { "> " });
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
}

fn panel(block: &Block<'_>, out: &mut String) {
    let title = block
        .parameters
        .split('|')
        .find_map(|parameter| parameter.trim().strip_prefix("title="));
    paragraph(out);
    if let Some(title) = title.filter(|title| !title.trim().is_empty()) {
        out.push_str(&format!("**{}**\n\n", title.trim()));
    }
    convert(block.body.trim_matches('\n'), out);
    paragraph(out);
}

fn lines(text: &str, out: &mut String) {
    let mut first = true;
    for line in text.split('\n') {
        if !first {
            out.push('\n');
        }
        // What follows a fence or a quote begins a new line there, so its leading space would only indent it.
        let line = if out.ends_with("\n\n") && first {
            line.trim_start()
        } else {
            line
        };
        self::line(line, out);
        first = false;
    }
}

fn line(line: &str, out: &mut String) {
    let text = line.trim_start();
    if let Some((level, rest)) = heading(text) {
        out.push_str(&"#".repeat(level));
        out.push(' ');
        inline(rest, out);
    } else if let Some(rest) = text.strip_prefix("bq. ") {
        out.push_str("> ");
        inline(rest, out);
    } else if let Some((markers, rest)) = list_entry(text) {
        let numbered = markers.ends_with('#');
        out.push_str(&"    ".repeat(markers.len() - 1));
        out.push_str(if numbered { "1. " } else { "- " });
        inline(rest, out);
    } else {
        inline(line, out);
    }
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix('h')?;
    let level = rest
        .chars()
        .next()?
        .to_digit(10)
        .filter(|level| (1..=6).contains(level))?;
    let rest = rest[1..].strip_prefix(". ")?;
    Some((usize::try_from(level).ok()?, rest.trim()))
}

/// `*`, `**`, `#`, `*#`, `-` before a space and some text.
fn list_entry(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter| !matches!(letter, '*' | '#' | '-'))?;
    let (markers, rest) = text.split_at(end);
    let rest = rest.strip_prefix(' ')?.trim_start();
    let dashes = markers.starts_with('-') && markers.len() > 1;
    (!markers.is_empty() && markers.len() <= 6 && !dashes && !rest.is_empty())
        .then_some((markers, rest))
}

fn inline(text: &str, out: &mut String) {
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let converted = match first {
            '{' => monospace(rest),
            '[' => link(rest),
            '*' => bold(before, rest),
            _ => None,
        };
        if let Some((markdown, length)) = converted {
            out.push_str(&markdown);
            before = rest[..length].chars().last();
            rest = &rest[length..];
        } else {
            out.push(first);
            before = Some(first);
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// The part of a text in which the end of something short is looked for.
fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(INLINE_BYTES_MAX)]
}

/// `{{text}}`.
fn monospace(text: &str) -> Option<(String, usize)> {
    let inner = near(text.strip_prefix("{{")?);
    let end = inner.find("}}")?;
    let code = inner[..end].trim();
    let marks = if code.contains('`') { "`` " } else { "`" };
    let closing: String = marks.chars().rev().collect();
    (!code.is_empty()).then(|| (format!("{marks}{code}{closing}"), end + 4))
}

/// `[text|address]` and `[address]`.
fn link(text: &str) -> Option<(String, usize)> {
    let inner = near(text.strip_prefix('[')?);
    let end = inner.find(']')?;
    let inside = &inner[..end];
    let mut parts = inside.split('|');
    let (first, second) = (parts.next()?.trim(), parts.next().map(str::trim));
    let markdown = match second {
        Some(address) if is_address(address) && !first.is_empty() => {
            format!("[{first}]({address})")
        }
        None if is_address(first) => format!("<{first}>"),
        _ => return None,
    };
    Some((markdown, end + 2))
}

fn is_address(text: &str) -> bool {
    let scheme = ["http://", "https://", "ftp://", "mailto:"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    scheme && !text.contains(|letter: char| letter.is_whitespace() || "()<>[]".contains(letter))
}

/// `*text*` between spaces or punctuation.
fn bold(before: Option<char>, text: &str) -> Option<(String, usize)> {
    if before.is_some_and(|before| before.is_alphanumeric() || before == '*' || before == '\\') {
        return None;
    }
    let inner = text.strip_prefix('*')?;
    let end = near(inner).find('*')?;
    let inside = &inner[..end];
    let after = inner[end + 1..].chars().next();
    let closed = after.is_none_or(|after| !after.is_alphanumeric() && after != '*');
    let tight = !inside.is_empty()
        && !inside.starts_with(char::is_whitespace)
        && !inside.ends_with(char::is_whitespace);
    (closed && tight).then(|| (format!("**{inside}**"), end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_markdown() {
        for (wiki, markdown) in [
            ("h1. Title\ntext", "# Title\ntext"),
            ("h3. A *b* c", "### A **b** c"),
            (
                "* one\n** two\n# three\n## four",
                "- one\n    - two\n1. three\n    1. four",
            ),
            (
                "see {{foo()}} and *bold*, _it_",
                "see `foo()` and **bold**, _it_",
            ),
            (
                "[docs|http://x.y/z] [https://a.b] [~bob] [a|b]",
                "[docs](http://x.y/z) <https://a.b> [~bob] [a|b]",
            ),
            ("{code:java}\nint x;\n{code}", "```java\nint x;\n```"),
            ("run {code}make{code} now", "run\n\n```\nmake\n```\n\nnow"),
            (
                "{code:title=A.java|borderStyle=solid}x{code}",
                "**A.java**\n\n```\nx\n```",
            ),
            (
                "{noformat}\n*not bold* ```\n{noformat}",
                "````\n*not bold* ```\n````",
            ),
            (
                "{quote}one\n\n*two*{quote}after",
                "> one\n>\n> **two**\n\nafter",
            ),
            ("bq. said", "> said"),
            ("a {color:red}b{color} c", "a b c"),
            ("{panel:title=T}\nx\n{panel}", "**T**\n\nx"),
            ("a\r\nb", "a\nb"),
        ] {
            assert_eq!(to_markdown(wiki), markdown, "{wiki}");
        }
    }

    #[test]
    fn what_is_not_surely_markup_stays() {
        for text in [
            "2*3*4",
            "{code} without end",
            "a * b * c",
            "{id} and ${x}",
            "[x] y [",
            "C*",
            "**",
            "{{",
            "{{}}",
            "--- x",
            "array[0]",
            "h7. x",
            "h1.x",
            "#hash",
            "-dash",
            "{quote",
            "a_b_c",
            "*é",
            "{",
            "}{",
        ] {
            assert_eq!(to_markdown(text), text);
        }
    }

    #[test]
    fn no_letter_is_lost() {
        let pieces = [
            "word",
            "{code}",
            "{code:java}",
            "{noformat}",
            "{quote}",
            "{panel:title=T}",
            "{panel}",
            "*",
            "**",
            "[",
            "|",
            "]",
            "http://x.y",
            "{{",
            "}}",
            "\n",
            " ",
            "h1. ",
            "# ",
            "é",
            "`",
            "```",
            "{color:red}",
            "{color}",
            "bq. ",
            "- ",
        ];
        let mut state: usize = 12_345;
        for round in 0..4_000 {
            let mut text = String::new();
            for nth in 0..12 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(round + nth);
                text.push_str(pieces[(state >> 33) % pieces.len()]);
                text.push_str(["", "ж", " ß"][(state >> 17) % 3]);
            }
            let kept = |text: &str| {
                text.chars()
                    .filter(|letter| "жßé".contains(*letter))
                    .count()
            };
            assert_eq!(kept(&to_markdown(&text)), kept(&text), "{text:?}");
        }
    }
}
