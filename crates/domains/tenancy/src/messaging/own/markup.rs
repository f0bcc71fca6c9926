//! What a page of a mail may be made of: elements and attributes that lay out, name and link.

/// Elements that lay out, and those that a page is made of.
const ELEMENTS: [&str; 43] = [
    "html",
    "head",
    "title",
    "meta",
    "style",
    "body",
    "div",
    "span",
    "p",
    "a",
    "img",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "small",
    "sub",
    "sup",
    "center",
    "blockquote",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
];

const ATTRIBUTES: [&str; 31] = [
    "href",
    "src",
    "alt",
    "title",
    "style",
    "class",
    "id",
    "width",
    "height",
    "align",
    "valign",
    "bgcolor",
    "color",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "rowspan",
    "role",
    "lang",
    "dir",
    "name",
    "content",
    "charset",
    "target",
    "rel",
    "aria-label",
    "aria-hidden",
    "scope",
    "http-equiv",
    "type",
];

/// The first thing that a mail may not hold.
pub(super) fn fault(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tail = &rest[start + 1..];
        if tail.starts_with("!--") {
            // Conditional comments are markup to some programs.
            return Some("Comments are not taken.".to_owned());
        }
        if let Some(after) = strip_doctype(tail) {
            rest = after;
            continue;
        }
        if !tail.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            return Some("A < that begins no element is written &lt;.".to_owned());
        }
        let (after, element) = match tag(tail) {
            Ok(read) => read,
            Err(fault) => return Some(fault),
        };
        rest = after;
        if element == "style" {
            let Some(end) = rest.find("</") else { return Some("<style> is not closed.".to_owned()) };
            if let Some(fault) = style_fault(&rest[..end]) {
                return Some(fault);
            }
            rest = &rest[end..];
        }
    }
    None
}

fn strip_doctype(tail: &str) -> Option<&str> {
    let is_doctype = tail.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("!doctype"));
    is_doctype.then(|| tail.split_once('>').map(|(_, after)| after)).flatten()
}

/// Reads one tag behind its `<`; what follows it, and its element's name if it opens one.
fn tag(tail: &str) -> Result<(&str, String), String> {
    let (is_end, tail) = tail.strip_prefix('/').map_or((false, tail), |tail| (true, tail));
    let length = tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len());
    let element = tail[..length].to_ascii_lowercase();
    if !ELEMENTS.contains(&element.as_str()) {
        return Err(format!("<{}> is not taken.", element.chars().take(20).collect::<String>()));
    }
    let mut rest = tail[length..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
            return Ok((after, if is_end { String::new() } else { element }));
        }
        if is_end || rest.is_empty() {
            return Err(format!("<{element} is not closed."));
        }
        rest = attribute(&element, rest)?;
    }
}

/// Reads one attribute, which must be quoted; what follows it.
fn attribute<'t>(element: &str, text: &'t str) -> Result<&'t str, String> {
    let length = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(text.len());
    let name = text[..length].to_ascii_lowercase();
    if !ATTRIBUTES.contains(&name.as_str()) {
        return Err(format!("The attribute `{}` is not taken.", name.chars().take(20).collect::<String>()));
    }
    let rest = text[length..].trim_start();
    let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
        return Err(format!("The attribute `{name}` has no value."));
    };
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .ok_or_else(|| format!("The value of `{name}` stands in quotes."))?;
    let (value, after) = rest[1..].split_once(quote).ok_or_else(|| format!("The value of `{name}` is not closed."))?;
    if after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(format!("A space stands behind the value of `{name}`."));
    }
    value_fault(element, &name, value).map_or(Ok(after.trim_start()), Err)
}

fn value_fault(element: &str, name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    match name {
        "href" if element != "a" => Some("Only <a> links.".to_owned()),
        "href" => (!is_link(value)).then(|| "A link is https, mailto, or the fact `link` or `home_url`.".to_owned()),
        // An image of elsewhere tells when and where a mail was read.
        "src" => (element != "img" || !matches!(value, "{{ logo_url }}" | "{{logo_url}}"))
            .then(|| "The only image is {{ logo_url }}.".to_owned()),
        "http-equiv" => {
            (!value.eq_ignore_ascii_case("content-type")).then(|| "This http-equiv is not taken.".to_owned())
        }
        "style" => style_fault(value),
        _ => None,
    }
}

fn is_link(value: &str) -> bool {
    if matches!(value, "{{ link }}" | "{{link}}" | "{{ home_url }}" | "{{home_url}}") {
        return true;
    }
    // A link that is put together could lead elsewhere than it seems, and take a secret along.
    let is_fixed = !value.contains('{')
        && !value.chars().any(|c| c.is_control() || c.is_whitespace() || c == '&' && !value.contains("&amp;"));
    let support = matches!(value, "mailto:{{ support_email }}" | "mailto:{{support_email}}");
    support || is_fixed && (value.starts_with("https://") || value.starts_with("mailto:"))
}

/// Styles that load something, or that once ran something.
fn style_fault(style: &str) -> Option<String> {
    // The one fact that is a style.
    let style = style.replace("{{ color }}", "").replace("{{color}}", "");
    if style.contains("{{") || style.contains("{%") {
        return Some("The only fact in styles is {{ color }}.".to_owned());
    }
    let plain: String = style.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let found = [
        "url(",
        "@import",
        "expression(",
        "javascript:",
        "behavior:",
        "-moz-binding",
        "image-set(",
        "src(",
        "\\",
        "/*",
        "<",
    ]
    .into_iter()
    .find(|word| plain.contains(word));
    found.map(|word| format!("`{word}` is not taken in styles."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_lays_out_and_links_is_taken() {
        for html in [
            "<p>Hello {{ name }},</p>",
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset='utf-8'><style>p { color: red }</style></head><body></body></html>",
            "<a class=\"b\" href=\"{{ link }}\" style=\"color:#fff;padding:1px\">Go</a><br/>",
            "<img src=\"{{ logo_url }}\" alt=\"{{ app_name }}\" width=\"120\">",
            "<a href='https://example.com/terms'>Terms</a> <a href=\"mailto:{{ support_email }}\">Help</a>",
            "1 &lt; 2 & 3 > 2",
        ] {
            assert_eq!(fault(html), None, "{html}");
        }
    }

    #[test]
    fn what_runs_asks_or_loads_is_refused() {
        for html in [
            "<script>alert(1)</script>",
            "<SCRIPT src=x>",
            "<scr\0ipt>",
            "<svg onload=alert(1)>",
            "<iframe src=\"https://a.example\">",
            "<object data=\"x\">",
            "<embed>",
            "<form action=\"https://a.example\">",
            "<input>",
            "<button>",
            "<link rel=\"stylesheet\" href=\"x\">",
            "<base href=\"https://evil.example\">",
            "<video>",
            "<math>",
            "<template>",
            "<noscript>",
            "<p onclick=\"x\">",
            "<p ONCLICK='x'>",
            "<p style=\"background:url(https://a.example/p.gif)\">",
            "<p style='background: u\\72l(x)'>",
            "<p style=\"width:expression(alert(1))\">",
            "<style>@import 'https://a.example';</style>",
            "<style>p{background:URL (x)}</style>",
            "<style>",
            "<table background=\"https://a.example/p.gif\">",
            "<img src=\"https://a.example/pixel.gif\">",
            "<img src=\"{{ link }}\">",
            "<img srcset=\"x\">",
            "<img src=cid:x>",
            "<a href=\"javascript:alert(1)\">",
            "<a href=\" JaVaScRiPt:alert(1)\">",
            "<a href=\"java&#115;cript:x\">",
            "<a href=\"data:text/html,x\">",
            "<a href=\"http://a.example\">",
            "<a href=\"//a.example\">",
            "<a href=\"https://a.example/?t={{ link }}\">",
            "<a href=\"{{ name }}\">",
            "<a href={{ link }}>",
            "<a href=\"{{ link }}>",
            "<a ping=\"https://a.example\" href=\"{{ link }}\">",
            "<p title=x>",
            "<p title>",
            "<!-- x -->",
            "<!--[if mso]><script><![endif]-->",
            "<![CDATA[x]]>",
            "<?xml version='1.0'?>",
            "< script>",
            "<",
            "<p",
            "</p x",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://a.example\">",
            "<p class=\"a\"onclick=\"b\">",
            "<p style=\"color:{{ name }}\">",
            "<style>p{color:{{ name }}}</style>",
        ] {
            assert!(fault(html).is_some(), "{html}");
        }
    }
}
