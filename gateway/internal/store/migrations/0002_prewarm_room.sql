-- Whose organiser wants the machine held until prewarm_until.
ALTER TABLE machine ADD COLUMN prewarm_room TEXT NOT NULL DEFAULT '';
