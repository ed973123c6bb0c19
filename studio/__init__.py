"""The product: from a person's photos to a gallery that only they see.

The modules in the order of the way that docs/architecture.md follows. Beside them lie models/ (rows and
their states), views/ (pages) and management/ (commands).

Photos come in
    files               stored files by their keys
    uploading           takes a photo into a draft
    photos              from an uploaded file to a photo to keep: pixels alone
    faces               where the faces in a picture are
    inspection          what Astria sees in a photo, asked once
    coach               what a photo and a set could do better
    characteristics     what is said of the subject to Astria
    draft               the page of a photo set on its way to an order
    forms               what people type

An order goes out
    ordering            checks, credits and rows, in one transaction
    queue               puts a verb into the queue
    training            the next step of a shoot, and a look at a model: what the clock queues
    submission          posts an order at most once, and acts on the outcome
    posting             the calls that cost money
    unconfirmed         looks for an order whose answer was lost
    astria_client       the client with our address and key; every call goes on the timeline

Pictures come back
    inbox               does what a callback says
    generation          takes in what Astria says of tunes and prompts
    delivery            copies a picture to our storage
    fetching            fetches from an address that somebody else chose
    pictures            from a picture's bytes to its variants: pixels alone
    settling            how a shoot ends, and what is given back
    mail                what is written to people and to staff
    likes               ours at once, told to Astria in the background

Time passes
    clock               queues what is due
    pace                every delay and deadline
    purging             lets go of what is too old
    health              which processes do not answer

Pages show it
    contact_sheet       pictures as pages show them
    serving             a stored file as an answer
    progress            how far a shoot is
    durations           how long shoots take here
    ratelimit           how often somebody does something
    context_processors  what every page knows

Django asks for
    admin, apps, checks, urls
"""
