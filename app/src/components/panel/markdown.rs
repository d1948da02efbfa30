//! Markdown as elements of the page: never raw HTML, no image is loaded, links lead only where links may.
//!
//! The text is first read into a tree of plain values, which is as deep as a person can follow and no deeper.

use leptos::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

/// Deeper nesting is shown flat: a hostile text must not exhaust the stack.
const DEPTH_MAX: usize = 24;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Code(String),
    Break,
    Rule,
    Task(bool),
    Element(Shape, Vec<Node>),
}

/// What an element is.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Paragraph,
    Heading(u8),
    Quote,
    Block,
    List(Option<u64>),
    Item,
    Emphasis,
    Strong,
    Strike,
    Link(String),
    Table,
    TableHead,
    TableRow,
    TableCell,
    /// Only its content.
    Plain,
}

/// Shows a text.
pub fn show(text: &str) -> AnyView {
    nodes(&read(text))
}

fn read(text: &str) -> Vec<Node> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut open: Vec<(Shape, Vec<Node>)> = vec![(Shape::Plain, Vec::new())];
    let mut too_deep = 0_usize;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(tag) if open.len() < DEPTH_MAX => open.push((shape(&tag), Vec::new())),
            Event::Start(_) => too_deep += 1,
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            Event::End(_) => close(&mut open),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => add(&mut open, Node::Text(text.into_string())),
            Event::Code(text) => add(&mut open, Node::Code(text.into_string())),
            Event::SoftBreak => add(&mut open, Node::Text("\n".to_owned())),
            Event::HardBreak => add(&mut open, Node::Break),
            Event::Rule => add(&mut open, Node::Rule),
            Event::TaskListMarker(done) => add(&mut open, Node::Task(done)),
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|(_, children)| children).unwrap_or_default()
}

fn add(open: &mut [(Shape, Vec<Node>)], node: Node) {
    if let Some((_, children)) = open.last_mut() {
        children.push(node);
    }
}

fn close(open: &mut Vec<(Shape, Vec<Node>)>) {
    if open.len() > 1
        && let Some((shape, children)) = open.pop()
    {
        add(open, Node::Element(shape, children));
    }
}

fn shape(tag: &Tag<'_>) -> Shape {
    match tag {
        Tag::Paragraph => Shape::Paragraph,
        Tag::Heading { level, .. } => Shape::Heading(match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            _ => 3,
        }),
        Tag::BlockQuote(_) => Shape::Quote,
        Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => Shape::Block,
        Tag::List(start) => Shape::List(*start),
        Tag::Item => Shape::Item,
        Tag::Emphasis => Shape::Emphasis,
        Tag::Strong => Shape::Strong,
        Tag::Strikethrough => Shape::Strike,
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => match safe(dest_url) {
            Some(url) => Shape::Link(url),
            None => Shape::Plain,
        },
        Tag::Table(_) => Shape::Table,
        Tag::TableHead => Shape::TableHead,
        Tag::TableRow => Shape::TableRow,
        Tag::TableCell => Shape::TableCell,
        _ => Shape::Plain,
    }
}

/// An address that a link may lead to.
fn safe(url: &str) -> Option<String> {
    let url = url.trim();
    let lower = url.to_ascii_lowercase();
    let allowed = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme));
    (allowed && !url.chars().any(char::is_control)).then(|| url.to_owned())
}

fn nodes(all: &[Node]) -> AnyView {
    all.iter().map(node).collect_view().into_any()
}

fn node(one: &Node) -> AnyView {
    match one {
        Node::Text(text) => text.clone().into_any(),
        Node::Code(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Node::Break => view! { <br/> }.into_any(),
        Node::Rule => view! { <hr/> }.into_any(),
        Node::Task(done) => {
            let mark = if *done { "☑ " } else { "☐ " };
            view! { <span aria-label=if *done { "done" } else { "not done" } role="img">{mark}</span> }.into_any()
        }
        Node::Element(shape, children) => element(shape, children),
    }
}

fn element(shape: &Shape, children: &[Node]) -> AnyView {
    let inner = nodes(children);
    match shape {
        Shape::Paragraph => view! { <p>{inner}</p> }.into_any(),
        Shape::Heading(1) => view! { <h3 class="h1">{inner}</h3> }.into_any(),
        Shape::Heading(2) => view! { <h3 class="h2">{inner}</h3> }.into_any(),
        Shape::Heading(_) => view! { <h3>{inner}</h3> }.into_any(),
        Shape::Quote => view! { <blockquote>{inner}</blockquote> }.into_any(),
        Shape::Block => view! { <pre tabindex="0"><code>{inner}</code></pre> }.into_any(),
        Shape::List(None) => view! { <ul>{inner}</ul> }.into_any(),
        Shape::List(Some(start)) => view! { <ol start=start.to_string()>{inner}</ol> }.into_any(),
        Shape::Item => view! { <li>{inner}</li> }.into_any(),
        Shape::Emphasis => view! { <em>{inner}</em> }.into_any(),
        Shape::Strong => view! { <strong>{inner}</strong> }.into_any(),
        Shape::Strike => view! { <del>{inner}</del> }.into_any(),
        Shape::Link(url) => {
            let shown = if children.is_empty() {
                url.clone().into_any()
            } else {
                inner
            };
            view! { <a href=url.clone() target="_blank" rel="noopener noreferrer nofollow">{shown}</a> }.into_any()
        }
        Shape::Table => view! { <div class="table" tabindex="0" role="region" aria-label="Table"><table>{inner}</table></div> }.into_any(),
        Shape::TableHead | Shape::TableRow => view! { <tr>{inner}</tr> }.into_any(),
        Shape::TableCell => view! { <td>{inner}</td> }.into_any(),
        Shape::Plain => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(nodes: &[Node], found: &mut Vec<String>) {
        for node in nodes {
            if let Node::Element(shape, children) = node {
                if let Shape::Link(url) = shape {
                    found.push(url.clone());
                }
                links(children, found);
            }
        }
    }

    #[test]
    fn links_lead_only_where_links_may() {
        let text = "[a](https://a.org) [b](javascript:alert(1)) ![c](http://c.org/x.png) [d](mailto:d@e.org) \
                    [e](data:text/html,x) [f](/relative) <https://g.org> [h](JaVaScRiPt:x)";
        let mut found = Vec::new();
        links(&read(text), &mut found);
        assert_eq!(
            found,
            [
                "https://a.org",
                "http://c.org/x.png",
                "mailto:d@e.org",
                "https://g.org"
            ]
        );
    }

    #[test]
    fn html_is_text() {
        let read = read("<img src=x onerror=alert(1)> and <b>bold</b>");
        let text = format!("{read:?}");
        assert!(
            text.contains("Text(\"<img src=x onerror=alert(1)>\")"),
            "{text}"
        );
    }

    #[test]
    fn deep_nesting_is_cut() {
        fn depth(nodes: &[Node]) -> usize {
            let deepest = nodes.iter().map(|node| match node {
                Node::Element(_, children) => 1 + depth(children),
                _ => 0,
            });
            deepest.max().unwrap_or(0)
        }
        let text = format!("{}x", "> ".repeat(5_000));
        assert!(depth(&read(&text)) <= DEPTH_MAX);
    }

    #[test]
    fn structure_is_kept() {
        let read = read("# Title\n\n- [x] one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
        assert!(matches!(&read[0], Node::Element(Shape::Heading(1), _)));
        assert!(matches!(&read[1], Node::Element(Shape::List(None), items) if items.len() == 2));
        assert!(matches!(&read[2], Node::Element(Shape::Table, _)));
    }
}
