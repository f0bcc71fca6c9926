use tenancy::Role;

/// What each role of a team may do, for a person to read when it changes.
const GOLDEN: &str = include_str!("roles.golden");

#[test]
fn roles_hold_the_permissions_of_the_golden_file() {
    let permissions = server::modules::permissions();
    let width = permissions.names().iter().map(|name| name.len()).max().unwrap_or_default();
    let mut table = format!("{:width$}  {}\n", "", Role::ALL.map(Role::as_str).join("  "));
    for permission in permissions.names() {
        let cells = Role::ALL.map(|role| {
            let mark = if role.holds(permission) { "yes" } else { "-" };
            format!("{mark:<cell$}", cell = role.as_str().len())
        });
        table.push_str(format!("{permission:width$}  {}", cells.join("  ")).trim_end());
        table.push('\n');
    }
    assert_eq!(table, GOLDEN, "\n{table}");
}
