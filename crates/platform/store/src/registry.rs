//! Checks over every statement and listing that is linked into the binary. Tests call them.

use std::collections::BTreeSet;

use crate::{
    Db, LISTINGS, Migration, STATEMENTS, Scope, Statement, StoreError, emit, idempotency, jobs,
    lexer::{self, Token},
    meta,
    migration::check_list,
    statement::Text,
};

/// Every statement that is linked into this binary.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    let own = [emit::OWN, idempotency::OWN, jobs::OWN, meta::OWN];
    own.into_iter().flatten().chain(STATEMENTS.iter()).copied()
}

/// What breaks the wall between tenants, one line per offence; empty is good.
///
/// In a tenant's statement every table that has a `tenant_id` must be held to it: by `tenant_id = $1` in the
/// statement, by `{alias}.tenant_id = ..` for each table in a join, by `$1` for an insert's column.
pub fn check(migrations: &[Migration]) -> Vec<String> {
    let tables = tenant_tables(migrations);
    let mut offences: Vec<String> = check_list(migrations).err().map(|error| error.to_string()).into_iter().collect();
    let mut names = BTreeSet::new();
    for statement in statements() {
        for sql in [statement.sqlite, statement.postgres] {
            check_text(statement.name, statement.scope, sql, &tables, &mut offences);
        }
        if !names.insert(statement.name) {
            offences.push(format!("{}: declared twice", statement.name));
        }
    }
    for listing in LISTINGS {
        check_text(listing.name, listing.scope, listing.select, &tables, &mut offences);
        if listing.filters.len() > 60 {
            offences.push(format!("{}: more filters than a listing can have", listing.name));
        }
    }
    offences.dedup();
    offences
}

/// Does the migrated database understand every text, and answer with types that a row can be read from? One line per
/// complaint.
pub async fn prepare_all(db: &Db) -> Result<Vec<String>, StoreError> {
    let mut offences = Vec::new();
    for statement in statements() {
        prepare(db, &statement.text(), &mut offences).await?;
    }
    for listing in LISTINGS {
        for composed in listing.samples() {
            prepare(db, &composed.text(), &mut offences).await?;
        }
    }
    Ok(offences)
}

/// The statements that read all of a table, or all that a tenant has in one, as `name: step`: the list should not grow, and what
/// stands on it must be small by nature or a chore that is meant to see everything. SQLite's plans, which do not hang on what tables hold.
pub async fn walks(db: &Db) -> Result<Vec<String>, StoreError> {
    let mut walks = Vec::new();
    for statement in statements() {
        let steps = db.plan(&statement.text()).await?;
        walks.extend(steps.iter().filter(|step| is_walk(step)).map(|step| format!("{}: {step}", statement.name)));
    }
    for listing in LISTINGS {
        for composed in listing.samples() {
            let steps = db.plan(&composed.text()).await?;
            walks.extend(steps.iter().filter(|step| sorts(step)).map(|step| format!("{}: {step}", listing.name)));
        }
    }
    walks.sort_unstable();
    walks.dedup();
    Ok(walks)
}

/// A page whose order no index has reads and sorts all that the filters leave.
fn sorts(step: &str) -> bool {
    step.starts_with("USE TEMP B-TREE")
}

fn is_walk(step: &str) -> bool {
    let own_rows = ["SCAN CONSTANT ROW", "VALUES CLAUSE", "VIRTUAL TABLE"];
    let reads_a_table = step.starts_with("SCAN ") && !own_rows.iter().any(|own| step.contains(own));
    reads_a_table || step.starts_with("SEARCH ") && (step.ends_with("(tenant_id=?)") || step.ends_with("(tenant_id>?)"))
}

/// The statements that differ between the databases, by name: the list should not grow.
pub fn forks() -> Vec<&'static str> {
    sorted(statements().filter(|statement| statement.is_fork()).map(|statement| statement.name))
}

/// The statements and listings that may see all tenants, by name: the list should not grow.
pub fn system_statements() -> Vec<&'static str> {
    let statements = statements().filter(|statement| statement.scope == Scope::System).map(|s| s.name);
    sorted(statements.chain(LISTINGS.iter().filter(|listing| listing.scope == Scope::System).map(|l| l.name)))
}

async fn prepare(db: &Db, text: &Text<'_>, offences: &mut Vec<String>) -> Result<(), StoreError> {
    if let Some(complaint) = db.prepare(text).await? {
        offences.push(format!("{}: {complaint}", text.name));
    }
    Ok(())
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// Tables whose `create table` has a column `tenant_id`.
pub fn tenant_tables(migrations: &[Migration]) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for migration in migrations {
        let words = lexer::words(migration.for_sqlite());
        for definition in words.split(|word| word.is_mark(";")) {
            let start = definition.windows(2).position(|pair| pair[0].is_word("create") && pair[1].is_word("table"));
            let Some(start) = start else { continue };
            let skipped = ["if", "not", "exists"];
            let name = definition[start + 2..].iter().find(|word| !skipped.iter().any(|skip| word.is_word(skip)));
            if let Some(name) = name
                && definition.iter().any(|word| word.is_word("tenant_id"))
            {
                tables.insert(name.text().to_ascii_lowercase());
            }
        }
    }
    tables
}

/// A table in a statement, and the name that its columns go by.
struct TableUse<'a> {
    table: &'a str,
    alias: Option<&'a str>,
    is_insert: bool,
}

fn check_text(name: &str, scope: Scope, sql: &str, tables: &BTreeSet<String>, offences: &mut Vec<String>) {
    if scope == Scope::System {
        return;
    }
    let words = lexer::words(sql);
    if !words.iter().any(|word| matches!(word, Token::Placeholder(1, _))) {
        offences.push(format!("{name}: a tenant's statement without $1"));
    }
    let uses: Vec<TableUse<'_>> =
        table_uses(&words).into_iter().filter(|used| tables.contains(&used.table.to_ascii_lowercase())).collect();
    let held = held(&words);
    for used in &uses {
        let is_held = if used.is_insert {
            inserts_tenant(&words)
        } else {
            held.iter().any(|holder| match (holder, used.alias) {
                (Some(holder), Some(alias)) => holder.eq_ignore_ascii_case(alias),
                (Some(holder), None) => holder.eq_ignore_ascii_case(used.table),
                (None, alias) => alias.is_none() || uses.iter().filter(|used| !used.is_insert).count() == 1,
            })
        };
        if !is_held {
            offences.push(format!("{name}: {} is not held to the tenant", used.table));
        }
    }
    // Unqualified conditions can't hold more tables than there are of them.
    let unqualified = held.iter().filter(|holder| holder.is_none()).count();
    let plain = uses
        .iter()
        .filter(|used| !used.is_insert && used.alias.is_none())
        .filter(|used| !held.iter().flatten().any(|holder| holder.eq_ignore_ascii_case(used.table)));
    if plain.count() > unqualified {
        offences.push(format!("{name}: fewer conditions on tenant_id than tables"));
    }
}

/// What stands behind `from`, `join`, `update` and `into`.
fn table_uses<'a>(words: &[Token<'a>]) -> Vec<TableUse<'a>> {
    const NO_ALIAS: [&str; 22] = [
        "where",
        "set",
        "join",
        "left",
        "right",
        "inner",
        "outer",
        "cross",
        "on",
        "using",
        "order",
        "group",
        "limit",
        "returning",
        "values",
        "select",
        "union",
        "except",
        "intersect",
        "for",
        "having",
        "default",
    ];
    let mut uses = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| words[before]);
        let follows = |earlier: &str| before.is_some_and(|before| before.is_word(earlier));
        let opens = (word.is_word("from") && !follows("distinct"))
            || word.is_word("join")
            || word.is_word("into")
            || (word.is_word("update") && !follows("for") && !follows("do"));
        let Some(Token::Word(table)) = words.get(index + 1).filter(|_| opens) else { continue };
        let behind = match words.get(index + 2) {
            Some(as_word) if as_word.is_word("as") => words.get(index + 3),
            other => other,
        };
        let alias = match behind {
            Some(Token::Word(alias)) if !NO_ALIAS.iter().any(|no| alias.eq_ignore_ascii_case(no)) => Some(*alias),
            _ => None,
        };
        uses.push(TableUse { table, alias, is_insert: word.is_word("into") });
    }
    uses
}

/// Whose `tenant_id` stands beside a `=`: the qualifier, or `None` where there is none. A joined `using (tenant_id ..)`
/// holds the table before it.
fn held<'a>(words: &[Token<'a>]) -> Vec<Option<&'a str>> {
    let mut held = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if !word.is_word("tenant_id") {
            continue;
        }
        let qualifier = match index.checked_sub(2).map(|start| &words[start..index]) {
            Some([Token::Word(qualifier), dot]) if dot.is_mark(".") => Some(*qualifier),
            _ => None,
        };
        let first = index - if qualifier.is_some() { 2 } else { 0 };
        let is_compared = words.get(index + 1).is_some_and(|next| next.is_mark("="))
            || first.checked_sub(1).is_some_and(|before| words[before].is_mark("="));
        if is_compared {
            held.push(qualifier);
        } else if let Some(using) = words[..index].iter().rposition(|word| word.is_mark("("))
            && using > 1
            && words[using - 1].is_word("using")
            && let Token::Word(joined) = words[using - 2]
        {
            held.push(Some(joined));
        }
    }
    held
}

/// `insert into t (tenant_id, ..) values ($1, ..)`, or the same with `select $1, ..`: first in both lists.
fn inserts_tenant(words: &[Token<'_>]) -> bool {
    let columns =
        words.windows(4).any(|four| four[0].is_word("into") && four[2].is_mark("(") && four[3].is_word("tenant_id"));
    let value = words.windows(3).any(|three| {
        matches!(three[2], Token::Placeholder(1, _)) && three[0].is_word("values") && three[1].is_mark("(")
            || matches!(three[1], Token::Placeholder(1, _)) && three[0].is_word("select")
    });
    columns && value
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Migration = Migration::new(
        "t",
        "create table cats (tenant_id blob not null, id blob); create table dogs (tenant_id blob, id blob);
         create table breeds (id blob)",
    );

    fn offences(sql: &str) -> Vec<String> {
        let mut offences = Vec::new();
        check_text("t", Scope::Tenant, sql, &tenant_tables(&[SCHEMA]), &mut offences);
        offences
    }

    #[test]
    fn statements_that_are_held_to_the_tenant() {
        for sql in [
            "select id from cats where tenant_id = $1 and id = $2",
            "select c.id from cats c where c.tenant_id = $1",
            "select c.id from cats c join dogs d on d.tenant_id = c.tenant_id and d.id = c.id where c.tenant_id = $1",
            "select c.id from cats c join dogs d using (tenant_id, id) where c.tenant_id = $1",
            "select c.id from cats as c join breeds b on b.id = c.id where c.tenant_id = $1",
            "insert into cats (tenant_id, id) values ($1, $2) on conflict do nothing",
            "insert into cats (tenant_id, id) select $1, id from dogs where tenant_id = $1",
            "insert into cats (tenant_id, id) values ($1, $2) on conflict (tenant_id, id) do update set id = $3",
            "update cats set id = $2 where tenant_id = $1 and id is distinct from $2 returning id",
            "delete from cats where tenant_id = $1 and not exists \
                (select 1 from dogs where dogs.tenant_id = $1 and dogs.id = cats.id)",
            "select id from cats where tenant_id = $1 for update skip locked",
        ] {
            assert_eq!(offences(sql), Vec::<String>::new(), "{sql}");
        }
    }

    #[test]
    fn statements_that_are_not() {
        for sql in [
            "select id from cats where id = $2",
            "select id from cats where id = $1",
            "select c.id from cats c join dogs d on d.id = c.id where c.tenant_id = $1",
            "select c.id from cats c join dogs d on d.id = c.id where d.tenant_id = $1",
            "select id from cats where tenant_id = $1 and id in (select id from dogs)",
            "insert into cats (id, tenant_id) values ($1, $2)",
            "insert into cats (tenant_id, id) select tenant_id, id from dogs where id = $1",
            "update cats set id = $2 where id = $1",
            "delete from cats",
        ] {
            assert_ne!(offences(sql), Vec::<String>::new(), "{sql}");
        }
    }
}
