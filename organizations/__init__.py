"""联席会议: its units through time, districts, 专项小组, officers with dated assignments, experts, API clients."""
