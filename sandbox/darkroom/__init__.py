"""Pictures as pixels, without the database: people are cut out of photos and drawn anew, photos looked at."""
