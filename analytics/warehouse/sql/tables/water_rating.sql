-- Grain: one river, basin, city or the province in a period. rated_by: shares of classes, or the mean of few sections;
-- rating: number of the word by 环办〔2011〕22号 from the best, empty where it turns on open sections (rating_best to
-- rating_worst); main_items: those that most sections exceed, main_shares in per cent. change: against the same period of the
-- year before, on the sections of both. Used by: water quality by basin, river and city.
CREATE TABLE water_rating (
    year INTEGER NOT NULL,
    scope_kind VARCHAR NOT NULL CHECK (scope_kind IN ('province', 'basin', 'river', 'city')),
    scope_id VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    rated_by VARCHAR CHECK (rated_by IN ('shares', 'mean')),
    sections_assessed INTEGER NOT NULL,
    sections_open INTEGER NOT NULL,
    sections_left_out INTEGER NOT NULL,
    sections_good INTEGER,
    sections_worst INTEGER,
    good_pct DOUBLE,
    good_low_pct DOUBLE,
    good_high_pct DOUBLE,
    worst_pct DOUBLE,
    worst_low_pct DOUBLE,
    worst_high_pct DOUBLE,
    water_class VARCHAR,
    rating INTEGER,
    rating_best INTEGER,
    rating_worst INTEGER,
    reason VARCHAR,
    main_items VARCHAR[] NOT NULL,
    main_shares DOUBLE[] NOT NULL,
    rating_before INTEGER,
    good_points DOUBLE,
    worst_points DOUBLE,
    change VARCHAR CHECK (change IN ('none', 'some', 'marked')),
    direction VARCHAR CHECK (direction IN ('better', 'worse', 'none')),
    change_reason VARCHAR,
    PRIMARY KEY (year, scope_kind, scope_id, period_kind, period_start)
)
