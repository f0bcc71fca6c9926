//! Reading, replacing and trying out an application's own texts.

use std::time::Duration;

use edge::{Context, Failure};
use kernel::{Id, Refusal};

use super::store::{self, TextRow};
use crate::{
    messaging::{
        MessageTemplateUpdated, MessagingError, Template,
        own::{self, OwnText},
        render::{self, Brand, Rendered, Setting},
    },
    settings::Flaws,
    tenants,
};

/// Texts of one application at most.
const MOST: u32 = 500;
/// What samples are valid for.
const SAMPLE_SPAN: Duration = Duration::from_mins(15);

pub(super) async fn all(cx: &Context) -> Result<Vec<TextRow>, Failure> {
    Ok(store::all(&cx.read(), MOST).await?)
}

/// An empty text removes what was kept.
pub(super) async fn replace(
    cx: &Context,
    template: Template,
    locale: String,
    text: OwnText,
) -> Result<TextRow, Failure> {
    let brand = brand(cx).await?;
    check(template, &locale, &text, &brand)?;
    let before = store::find(&cx.read(), template, &locale).await?;
    let version = before.as_ref().map_or(0, |row| row.version);
    cx.expect_version(version)?;
    let is_unchanged = before.as_ref().map_or(text.is_empty(), |row| row.text == text);
    let after = TextRow { template, locale, version, text, updated_at: cx.now() };
    if is_unchanged {
        return Ok(before.unwrap_or(after));
    }
    if version == 0 && store::count(&cx.read()).await? >= MOST {
        return Err(MessagingError::TooMany.into());
    }
    let after = TextRow { version: version + 1, ..after };
    let tx = cx.tx().await?;
    if !store::save(tx, version, &after).await? {
        return Err(MessagingError::Changed.into());
    }
    tx.emit(&MessageTemplateUpdated {
        application_id: Id::from_uuid(cx.tenant_id().uuid()),
        template,
        locale: after.locale.clone(),
        is_removed: after.text.is_empty(),
    });
    Ok(after)
}

/// With sample facts: the given text, or without one the text that is kept, or the product's.
pub(super) async fn preview(
    cx: &Context,
    template: Template,
    locale: Option<String>,
    text: OwnText,
) -> Result<Rendered, Failure> {
    let brand = brand(cx).await?;
    let locale = locale.unwrap_or_else(|| brand.branding.default_locale.clone());
    check(template, &locale, &text, &brand)?;
    let own =
        if text.is_empty() { store::of_template(&cx.read(), template).await? } else { vec![(locale.clone(), text)] };
    // What is tried may be in a language that is not offered yet.
    let mut locales = vec![locale.clone()];
    locales.extend(render::locales(&brand, Some(&locale)));
    let setting = Setting { brand: &brand, locales: &locales, own: &own, valid_for: SAMPLE_SPAN };
    Ok(render::render(template, &render::sample(template), &setting))
}

fn check(template: Template, locale: &str, text: &OwnText, brand: &Brand) -> Result<(), Refusal> {
    let mut flaws = Flaws::new("The text is not valid.");
    if !is_language_tag(locale) {
        flaws.add("locale", "invalid", "A language tag (BCP 47), for example en or pt-BR.");
    }
    let samples = render::sample_facts(template, brand, SAMPLE_SPAN);
    own::check(&mut flaws, template, text, &own::hostile(samples));
    flaws.finish()
}

async fn brand(cx: &Context) -> Result<Brand, Failure> {
    let tenant = tenants::store::find(&cx.read()).await?.ok_or_else(Refusal::not_found)?;
    Ok(Brand::of(&tenant))
}

/// Letters, then letters and digits, with dashes (RFC 5646, section 2.1).
fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 35 && parts.next().is_some_and(is_language) && parts.all(is_subtag)
}
