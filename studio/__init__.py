"""The product: from a person's photos to a gallery that only they see.

The modules in the order of the way that docs/architecture.md follows. Beside them lie models/ (rows and
their states), views/ (pages) and management/ (commands).

Photos come in
    files               stored files by their keys
    disk                keeps them on a disk, whole or not at all
    bucket              keeps them at S3
    presigning          signs addresses of theirs, for an hour
    uploading           takes a photo into a draft
    photos              from an uploaded file to a photo to keep: pixels alone
    faces               where the faces in a picture are
    scenes              what is around them and what they wear, as numbers
    inspection          what Astria sees in a photo, asked once
    coach               what a photo could do better
    variety             what a set could do better: its score, and what would raise it most
    characteristics     what is said of the subject to Astria
    characteristic_words  Astria's words for it, in people's
    consenting          what a person agrees to, in which wording
    reviewing           photos with a child among an adult's, which staff look at first
    draft               the page of a photo set on its way to an order
    forms, privacy_forms  what people type

An order goes out
    ordering            checks, credits and rows, in one transaction
    holding             staff hold all orders, and release them
    spending            what orders cost at Astria, and the operator's caps
    ordering_more       the same on a model that exists: packs, themes, own words, more like a shot
    wishes              what may be asked of pictures beside words, by the model's kind
    blocked_words       the operator's list of words that no pictures are made of
    queue               puts a verb into its queue: what calls Astria has one of its own
    brokers             where the queue is, if not in the database
    training            the next step of a shoot, and a look at a model: what the clock queues
    submission          posts an order at most once, and acts on the outcome
    posting             the calls that cost money
    extending           keeps a model for another thirty days
    erasing_models      deletes a model, at Astria too
    unconfirmed         looks for an order whose answer was lost
    astria_client       the client with our address and key
    budget              how many calls to Astria may be made, by all processes together

Pictures come back
    inbox               does what a callback says
    generation          takes in what Astria says of tunes and prompts
    recognition         which shoot a prompt was made for
    delivery            copies a picture to our storage
    fetching            fetches from an address that somebody else chose
    pictures            from a picture's bytes to its variants: pixels alone
    marking             a picture's file without metadata, marked as made by a machine
    settling            how a shoot ends, and what is given back
    redoing             shots made again for nothing: one of each shoot, and by staff those that failed
    refunding           credits back on request: asked for, decided, told
    mail                what is written to people and to staff
    likes               ours at once, told to Astria in the background

Time passes
    clock               queues what is due
    pace                every delay and deadline
    purging             lets go of what is too old
    removing            deletes stored files, surely
    retention           how long photos stay
    exporting           everything of a person, as files
    erasing             what a person wants gone: rows, files, and what Astria has of it
    erased              notes of it outside the database, for a restored one
    receipts            what was erased, in words
    backing_up          copies database and files while all runs
    restoring           what a database that is older than Astria must be told
    auditing            proves the ledger
    comparing           the catalogue with Astria's packs, when staff ask for it
    pack_figures        what became of packs and shots, counted each hour; which shots are weak
    trying              a free tune that shows whether all is set as it should
    probing             signs of life, and checks of storage and Astria
    health              how the studio is, line by line

Pages show it
    contact_sheet       pictures as pages show them
    gallery_version     another one after each change that a gallery shows
    showing             which pictures a gallery shows, in which order, from where on
    choosing            which of their pictures a person means
    downloading         which files a download is made of
    naming              names of files, from words in any script
    cropping            where a crop lies in a picture
    sharing             what visitors of a share link do
    zipping             a ZIP as a stream: bytes alone
    bulkhead            work that may never take all of the web's threads
    serving             a stored file as an answer
    own_models          a person's models
    making_more         the page for more pictures on a model
    more_forms          what people type there
    progress            how far a shoot is
    holdings            what is held of a person, and until when
    notices             what the public privacy page says
    durations           how long shoots take here
    ratelimit           how often somebody does something
    context_processors  what every page knows

Staff see
    console/            how it goes, what needs somebody, what happened to an order, and what can be done

Django asks for
    admin, apps, checks, urls
    templatetags/
"""
