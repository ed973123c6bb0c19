"""What staff see of the whole, and what they can do.

The first page
    figures         orders, pictures, times, money of a period
    money           what came in, what Astria charges, what is left
    attention       what needs somebody, each with where to mend it
    dashboard       the two together
    pages           how each part is, and the switch that holds all orders

One order, one person
    timeline        everything that happened to a shoot, in the order of time
    acting          acts of staff: said, confirmed, done, written down
    shoot_acts      what staff do to an order
    shoot_pages     its page
    people_acts     what staff do for a person
    people_pages    their page

The catalogue
    pack_pages      the page of a pack, its cover, comparisons with Astria
    pack_acts       what staff do to a pack

What a machine owns
    running_admin   what the studio's processes tell each other, and what was tried, waits or failed

Mails
    mail_pages      every mail with sample data, to look at

For machines
    metrics         figures as Prometheus' text
"""
