"""Everything that can be chosen by name in a scenario, gathered from all rooms."""

from __future__ import annotations

from simqueue import registry


def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """Family -> name -> {"summary", "source"}, for `simqueue list`."""
    import simqueue.chance.distributions
    import simqueue.experience.forms
    import simqueue.rules
    import simqueue.shop.services
    import simqueue.study.measures
    import simqueue.study.trade  # noqa: F401 - importing a room registers what it offers
    from simqueue.customers.spec import day_shapes
    from simqueue.experience.parameter_table import TABLE
    from simqueue.scenario.init import templates

    found = {
        family: {
            name: {"summary": entry.summary, "source": entry.source}
            for name, entry in registry.choices(family).items()
        }
        for family in registry.families()
    }
    found["shape"] = {
        name: {
            "summary": f"Customers by quarter hour on a {name.replace('_', ' ')}.",
            "source": "Antczak, Weron, Zabawa (2020), IEEE Access 8:228841",
        }
        for name in day_shapes()
    }
    found["template"] = {
        name: {"summary": story, "source": ""} for name, story in templates().items()
    }
    found["parameter"] = {
        name: {
            "summary": f"{p.central:g} ({p.low:g} to {p.high:g}) {p.unit}, {p.kind}: {p.basis}.",
            "source": p.source,
        }
        for name, p in TABLE.items()
    }
    return found
