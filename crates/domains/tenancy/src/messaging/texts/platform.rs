//! `/v1/settings/templates`.

use edge::{Body, Can, Endpoint, Named, OptionalBody, Query, Reply, ok, versioned};
use kernel::{Refusal, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{actions, store::TextRow};
use crate::{
    messaging::{MessagingError, Template, own::OwnText, render::Rendered},
    settings::{SettingsRead, SettingsWrite, branding::LOCALES},
};

/// The messages of the product, and the application's own texts of them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessageTemplates")]
struct TemplatesView {
    templates: Vec<TemplateView>,
    /// Languages that the product speaks by itself.
    locales: Vec<String>,
}

/// One message.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessageTemplateDetails")]
struct TemplateView {
    template: Template,
    /// What it is about.
    about: String,
    /// Facts that a text must name; of several parted by `|`, one.
    needs: Vec<String>,
    /// Facts that a text may name, as `{{ name }}`.
    facts: Vec<String>,
    /// The application's own texts, by language.
    own: Vec<OwnTextView>,
}

/// An application's own text in one language.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OwnMessageText")]
struct OwnTextView {
    template: Template,
    locale: String,
    /// 0 where there is none; sent in `If-Match`.
    version: i64,
    updated_at: Timestamp,
    /// The text itself; in lists only where one template was asked for.
    content: Option<OwnText>,
}

/// Which messages to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "MessageTemplateListQuery")]
struct TemplatesQuery {
    /// This one alone, and with its texts.
    template: Option<Template>,
}

/// A text of the application's own. What is absent stays the product's; without anything the product's text stands in again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MessageTemplateReplace")]
struct TextReplace {
    /// The text's language (BCP 47).
    locale: String,
    /// One line.
    subject: Option<String>,
    /// A whole page, or what stands between the product's head and foot.
    html: Option<String>,
    /// The same without markup.
    text: Option<String>,
    /// For phones; 160 letters make one message.
    sms: Option<String>,
}

/// A text to try. Without one the text that is kept is rendered, or the product's.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "MessageTemplatePreview")]
struct PreviewInput {
    /// The language (BCP 47); the application's default if it is left out.
    locale: Option<String>,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
    sms: Option<String>,
}

/// A message as it would read, with sample facts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessagePreview")]
struct PreviewView {
    locale: String,
    subject: String,
    html: String,
    text: String,
    sms: String,
}

impl From<Rendered> for PreviewView {
    fn from(rendered: Rendered) -> Self {
        let Rendered { locale, subject, html, text, sms } = rendered;
        Self { locale, subject, html, text, sms }
    }
}

impl OwnTextView {
    fn new(row: TextRow, has_content: bool) -> Self {
        let TextRow { template, locale, version, text, updated_at } = row;
        Self { template, locale, version, updated_at, content: has_content.then_some(text) }
    }
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_templates(), replace_template(), preview_template()]
}

/// Get the message templates
///
/// Every message with the facts that its texts may name, and the languages in which the application has texts of its own. With
/// `template`, that one alone and the texts themselves.
#[endpoint(GET "/v1/settings/templates", id = "settings.templates.list")]
async fn get_templates(cx: Can<SettingsRead>, query: Query<TemplatesQuery>) -> Reply<TemplatesView> {
    let wanted = query.0.template;
    let rows = actions::all(&cx).await?;
    let view = |template: Template| TemplateView {
        template,
        about: template.about().to_owned(),
        needs: template.needs().iter().map(|name| (*name).to_owned()).collect(),
        facts: template.variables().map(str::to_owned).collect(),
        own: rows
            .iter()
            .filter(|row| row.template == template)
            .map(|row| OwnTextView::new(row.clone(), wanted.is_some()))
            .collect(),
    };
    let templates = Template::ALL.iter().copied().filter(|template| wanted.is_none_or(|wanted| wanted == *template));
    ok(TemplatesView { templates: templates.map(view).collect(), locales: LOCALES.map(str::to_owned).into() })
}

/// Replace a message's text
///
/// In one language. The text is checked first: it names only the facts that there are, and those that the message needs; its markup
/// lays out and links, and runs or loads nothing. Facts stand as `{{ name }}`, and `{% if name %}…{% else %}…{% endif %}` asks for one.
#[endpoint(PUT "/v1/settings/templates/{template}", id = "settings.templates.replace", errors = MessagingError)]
async fn replace_template(cx: Can<SettingsWrite>, template: Named, body: Body<TextReplace>) -> Reply<OwnTextView> {
    let template = named(&template)?;
    let TextReplace { locale, subject, html, text, sms } = body.0;
    let row = actions::replace(&cx, template, locale, OwnText { subject, html, plain: text, sms }).await?;
    versioned(row.version, OwnTextView::new(row, true))
}

/// Preview a message
///
/// Renders a text with sample facts: the one in the body, checked as if it were to be kept, or without one what is kept.
#[endpoint(POST "/v1/settings/templates/{template}/preview", id = "settings.templates.preview", errors = MessagingError, silent = "renders and keeps nothing")]
async fn preview_template(
    cx: Can<SettingsRead>,
    template: Named,
    body: OptionalBody<PreviewInput>,
) -> Reply<PreviewView> {
    let template = named(&template)?;
    let PreviewInput { locale, subject, html, text, sms } = body.0;
    let rendered = actions::preview(&cx, template, locale, OwnText { subject, html, plain: text, sms }).await?;
    ok(PreviewView::from(rendered))
}

fn named(name: &Named) -> Result<Template, Refusal> {
    Template::from_name(&name.0).ok_or_else(Refusal::not_found)
}
