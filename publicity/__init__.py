"""Floor 4: 双公示 records: intake, review, disclosure periods; candidates for cases."""
