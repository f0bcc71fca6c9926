//! A list with weights, as browsers send it (RFC 9110, section 12.4.2).

/// More than any browser sends; the rest is not looked at.
const MOST: usize = 24;

/// The items, the best first; those with a weight of zero are refused and left out.
pub(crate) fn by_weight(header: &str) -> Vec<&str> {
    let mut items: Vec<(&str, u16)> = header.split(',').take(MOST).filter_map(item).collect();
    items.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    items.into_iter().map(|(name, _)| name).collect()
}

fn item(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1_000), thousandths)?;
    (weight > 0).then_some((name, weight))
}

fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1_000.0) as u16)
}
