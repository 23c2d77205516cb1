"""TOPdesk's incident API, as far as a city's assistant can see it. The contract is TOPdesk's specification 4.2.6."""
