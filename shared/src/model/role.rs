//! Who is offered which action (PB-08, BT-04 to BT-06). Roles decide what the app offers; who may connect and write at
//! all is the relay's business.

use super::thing::{self, Thing, Things};
use crate::ids::PersonId;

/// Something that only some roles are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Letting items into the ranked list, turning them down.
    Accept,
    /// Signing a release's scope for the product.
    SignForProduct,
    /// Signing a release's scope for engineering.
    SignForEngineering,
    /// Committing a sprint and choosing its stories.
    Commit,
}

/// Whether anybody has a role that decides: until then everybody is offered everything.
#[must_use]
pub fn are_in_force(things: &Things) -> bool {
    things.iter().any(|(thing, facts)| {
        matches!(thing, Thing::Person(_)) && matches!(thing::text(facts, "role"), "pm" | "po")
    })
}

/// Somebody's role; empty for one who has none.
#[must_use]
pub fn of(things: &Things, person: PersonId) -> &str {
    things
        .get(&Thing::Person(person))
        .map_or("", |facts| thing::text(facts, "role"))
}

/// Whether somebody is offered an action.
#[must_use]
pub fn may(things: &Things, person: PersonId, right: Right) -> bool {
    if !are_in_force(things) {
        return true;
    }
    let role = of(things, person);
    let open_intake = || {
        let product = things.get(&Thing::Product);
        product.is_some_and(|facts| thing::text(facts, "intake") == "open")
    };
    match right {
        Right::Accept => matches!(role, "pm" | "po") || open_intake(),
        Right::SignForProduct => matches!(role, "pm" | "po"),
        Right::SignForEngineering | Right::Commit => role == "team",
    }
}

/// What people call a role.
#[must_use]
pub fn label(role: &str) -> &'static str {
    match role {
        "pm" => "Product manager",
        "po" => "Product owner",
        "team" => "Team",
        "stakeholder" => "Stakeholder",
        _ => "No role",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        PersonId::from_bytes([n; 16])
    }

    fn with(roles: &[(u8, &str)], intake: &str) -> Things {
        let mut things: Things = roles
            .iter()
            .map(|(n, role)| {
                let facts = [("role".to_owned(), (*role).into())].into();
                (Thing::Person(person(*n)), facts)
            })
            .collect();
        things.insert(
            Thing::Product,
            [("intake".to_owned(), intake.into())].into(),
        );
        things
    }

    #[test]
    fn pb_08_roles_decide_once_there_is_a_product_manager() {
        let nobody = with(&[(1, "team")], "");
        assert!(may(&nobody, person(2), Right::Accept));
        let things = with(&[(1, "pm"), (2, "team")], "");
        assert!(may(&things, person(1), Right::Accept));
        assert!(!may(&things, person(2), Right::Accept));
        assert!(!may(&things, person(3), Right::Accept));
        let open = with(&[(1, "pm"), (2, "team")], "open");
        assert!(may(&open, person(3), Right::Accept));
    }

    #[test]
    fn bt_06_only_the_team_commits_and_signs_for_engineering() {
        let things = with(&[(1, "po"), (2, "team"), (3, "stakeholder")], "");
        for right in [Right::Commit, Right::SignForEngineering] {
            assert!(!may(&things, person(1), right));
            assert!(may(&things, person(2), right));
            assert!(!may(&things, person(3), right));
        }
        assert!(may(&things, person(1), Right::SignForProduct));
        assert!(!may(&things, person(2), Right::SignForProduct));
    }
}
