//! The dialog or menu that lies above the backlog page.

use leptos::prelude::*;

use super::{
    backlog_menu::BacklogMenu,
    disputes::DisputesDialog,
    feedback::FeedbackDialog,
    filter_bar::FilterDialog,
    import_dialog::{ImportInto, MergeDialog},
    link_dialog::LinkDialog,
    lists,
    palette::Palette,
    pickers::Picker,
    profile::ProfileDialog,
    pull::PullUnready,
    rank_dialogs::{ArchiveDialog, MoveToRank},
    recent::RecentDialog,
    share::AccessDialog,
    shortcuts::Shortcuts,
    triage,
};
use crate::{
    parts,
    state::{desk::Desk, layer::Layer},
    views::{releases, sprints},
};

/// At most one of them.
#[component]
pub fn Layers(desk: Desk) -> impl IntoView {
    move || {
        desk.layer.get().map(|layer| {
            parts::LAYERS.view(move |view| view(desk, layer), move || desk.close_layer())
        })
    }
}

/// One of them.
pub(crate) fn layer_view(desk: Desk, layer: Layer) -> AnyView {
    match layer {
        Layer::Palette => view! { <Palette desk/> }.into_any(),
        Layer::Shortcuts => view! { <Shortcuts desk/> }.into_any(),
        Layer::Menu => view! { <BacklogMenu desk/> }.into_any(),
        Layer::Access => view! { <AccessDialog desk/> }.into_any(),
        Layer::Profile => {
            let profile = desk.profile.get_untracked();
            view! {
                <ProfileDialog
                    profile
                    on_done=move |changed| {
                        desk.close_layer();
                        if let Some(profile) = changed {
                            desk.introduce(profile);
                        }
                    }
                />
            }
            .into_any()
        }
        Layer::Import => view! { <ImportInto desk/> }.into_any(),
        Layer::Merge => view! { <MergeDialog desk/> }.into_any(),
        Layer::MoveToRank => view! { <MoveToRank desk/> }.into_any(),
        Layer::Archive => view! { <ArchiveDialog desk/> }.into_any(),
        Layer::Pick(pick) => view! { <Picker desk pick/> }.into_any(),
        Layer::Lists => view! { <lists::ListsMenu desk/> }.into_any(),
        Layer::SortList => view! { <lists::SortList desk/> }.into_any(),
        Layer::Group => view! { <lists::GroupMenu desk/> }.into_any(),
        Layer::Views => view! { <lists::ViewsMenu desk/> }.into_any(),
        Layer::Column(place) => view! { <lists::ColumnMenu desk place/> }.into_any(),
        Layer::SortColumn(place) => view! { <lists::SortColumn desk place/> }.into_any(),
        Layer::EditColumn(place) => view! { <lists::EditColumn desk place/> }.into_any(),
        Layer::NewColumn(collection) => view! { <lists::NewColumn desk collection/> }.into_any(),
        Layer::RankBy(place, sort) => view! { <lists::RankBy desk place sort/> }.into_any(),
        Layer::Recent => view! { <RecentDialog desk/> }.into_any(),
        Layer::Filters => view! { <FilterDialog desk/> }.into_any(),
        Layer::Link(item, link) => view! { <LinkDialog desk item link/> }.into_any(),
        Layer::PullUnready => view! { <PullUnready desk/> }.into_any(),
        Layer::Disputes => view! { <DisputesDialog desk/> }.into_any(),
        Layer::CloseSprint(id) => view! { <sprints::close::CloseDialog desk id/> }.into_any(),
        Layer::Split(item) => view! { <sprints::split::SplitDialog desk item/> }.into_any(),
        Layer::Triage(decision) => triage::dialog(desk, decision),
        Layer::Release(id, step) => releases::dialog(desk, id, step),
        Layer::Feedback(item) => view! { <FeedbackDialog desk item/> }.into_any(),
    }
}
