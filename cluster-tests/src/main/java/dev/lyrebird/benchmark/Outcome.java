package dev.lyrebird.benchmark;

/** What one run has shown, printed as one line of JSON. */
sealed interface Outcome
    permits Report,
        AbsenceReport,
        IdleReport,
        ResumeReport,
        LagReport,
        RowsReport,
        EchoReport,
        HostileReport {}
